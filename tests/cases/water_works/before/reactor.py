"""What every part of the works is driven by."""


class Reactor:
    """A socket map of our own."""

    def __init__(self):
        self.name = "the works"
        self.sockets = {}
