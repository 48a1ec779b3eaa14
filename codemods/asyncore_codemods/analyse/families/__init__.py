"""Which classes there are, how they are related, and who makes them."""
