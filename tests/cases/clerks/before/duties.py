"""What a clerk can do, apart from the connection, and how it hears and leaves."""


class Sums(object):
    """Needs push() of the class it is mixed into."""

    total = 0

    def do_add(self, number):
        self.total += int(number)
        self.push(b"%d\n" % self.total)

    def do_leave(self, reason):
        self.push(b"good bye\n")
        self.close_when_done()


class Lines:
    """Stands in front of the removed class, whose methods it has in its stead."""

    encoding = "ascii"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.line = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.line += data

    def found_terminator(self):
        verb, _, rest = self.line.decode(self.encoding).partition(" ")
        self.line = b""
        self.heard(verb, rest)

    def handle_close(self):
        print(self.name, "was left")
        super().handle_close()


class Notes:
    """Needs nothing, and serves others as well."""

    def note(self, what):
        print(self.name, "noted", what)


class Numbered:
    """Knows which of its kind it is, and hands on what it does not know."""

    made = 0

    def __init__(self, *args, prefix, **kwargs):
        super().__init__(*args, **kwargs)
        type(self).made += 1
        self.number = f"{prefix}{type(self).made}"
