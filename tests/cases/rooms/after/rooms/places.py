class Leave(Exception):
    """Somebody wants to go."""


class Place:
    """Somewhere to be; what is said there is for all who are there."""

    def __init__(self, house):
        self.house = house
        self.guests = []

    def enter(self, guest):
        self.guests.append(guest)

    def leave(self, guest):
        self.guests.remove(guest)

    def send(self, text):
        for guest in list(self.guests):
            guest.push(text.encode() + b"\r\n")

    def hear(self, guest, line):
        word, _, rest = line.partition(" ")
        action = getattr(self, "on_" + word, None)
        if action is None:
            guest.push(b"Pardon?\r\n")
        else:
            action(guest, rest)

    def on_quit(self, guest, rest):
        raise Leave


class Hall(Place):

    def enter(self, guest):
        Place.enter(self, guest)
        guest.push(b"Your name, please.\r\n")

    def on_name(self, guest, rest):
        if not rest or rest in self.house.people:
            guest.push(b"Another one, please.\r\n")
        else:
            guest.name = rest
            guest.go(self.house.salon)


class Salon(Place):

    def enter(self, guest):
        self.send("%s comes in." % guest.name)
        self.house.people[guest.name] = guest
        super().enter(guest)

    def leave(self, guest):
        Place.leave(self, guest)
        self.send("%s goes out." % guest.name)

    def on_say(self, guest, rest):
        guest.place.send("%s: %s" % (guest.name, rest))

    def on_throw_out(self, guest, rest):
        other = self.house.people.get(rest)
        if other is not None:
            other.push(b"Out with you!\r\n")
            other.close_when_done()


class Street(Place):

    def enter(self, guest):
        self.house.people.pop(guest.name, None)
