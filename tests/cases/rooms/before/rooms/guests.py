from asynchat import async_chat as Channel

from .places import Hall, Leave, Street


class Guest(Channel):
    """The line to one person."""

    def __init__(self, house, conn):
        super().__init__(conn)
        self.house = house
        self.name = None
        self.place = None
        self.heard = []
        self.set_terminator(b"\r\n")
        # everybody starts in a hall of their own
        self.go(Hall(house))

    def go(self, place):
        if self.place is not None:
            self.place.leave(self)
        self.place = place
        place.enter(self)

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        line = b"".join(self.heard).decode("utf-8")
        self.heard = []
        try:
            self.place.hear(self, line)
        except Leave:
            self.handle_close()

    def handle_close(self):
        Channel.handle_close(self)
        self.go(Street(self.house))
