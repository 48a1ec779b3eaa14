"""A lodge that lists its guests, and a hall where whoever is there is found in asyncore's own map."""
import asynchat
import asyncore
import operator
import socket
import sys


class Guest(asynchat.async_chat):
    """Its bill is asked for by name."""

    def __init__(self, sock, lodge):
        asynchat.async_chat.__init__(self, sock)
        self.bill = b""
        self.name = b"guest"
        self.set_terminator(b"\n")
        lodge.guests.append(self)
        self.lodge = lodge

    def collect_incoming_data(self, data):
        self.bill += data

    def found_terminator(self):
        self.name = self.bill
        self.bill = b""
        for guest in self.lodge.guests:
            self.push(b"%s owes %s\n" % tuple(getattr(guest, field) for field in self.lodge.fields))
        self.push(b"%d in all\n" % sum(map(len, map(operator.attrgetter("bill"), self.lodge.guests))))

    def handle_close(self):
        self.lodge.guests.remove(self)
        self.close()


class Visitor(asynchat.async_chat):
    """Looks around when it comes, when it speaks and when it goes, for itself as well."""

    def __init__(self, sock, hall):
        asynchat.async_chat.__init__(self, sock)
        self.words = b""
        self.set_terminator(b"\n")
        print(len(visitors()), "with the new one")

    def collect_incoming_data(self, data):
        self.words += data

    def found_terminator(self):
        self.push(b"%d here\n" % len(visitors()))
        if self.words == b"leave":
            self.push(b"farewell\n")
            self.close_when_done()
        self.words = b""

    def handle_close(self):
        before = len(visitors())
        self.close()
        print("one of", before, "leaves", len(visitors()))


def visitors():
    return [one for one in asyncore.socket_map.values() if isinstance(one, Visitor)]


class Lodge(asyncore.dispatcher):
    fields = ("name", "bill")

    def __init__(self, port, kind):
        asyncore.dispatcher.__init__(self)
        self.kind = kind
        self.guests = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.kind(sock, self)


if __name__ == "__main__":
    lodge = Lodge(int(sys.argv[1]), Guest)
    hall = Lodge(int(sys.argv[2]), Visitor)
    asyncore.loop()
