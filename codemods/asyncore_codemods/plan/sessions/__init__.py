"""Sessions, which speak to one peer each: connections that a listener accepts, and clients."""
