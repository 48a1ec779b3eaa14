"""What a clerk can do, apart from the connection."""


class Sums(object):
    """Needs push() of the class it is mixed into."""

    total = 0

    def do_add(self, number):
        self.total += int(number)
        self.push(b"%d\n" % self.total)

    def do_leave(self, reason):
        self.push(b"good bye\n")
        self.writer.close()


class Notes:
    """Needs nothing, and serves others as well."""

    def note(self, what):
        print(self.name, "noted", what)
