"""A parcel counter, and a porter at another door who can have the counter stop looking for parcels."""
import asynchat
import asyncore
import sys

from parts import Label


class Counter(asynchat.async_chat):

    def __init__(self, sock, office):
        asynchat.async_chat.__init__(self, sock)
        self.office = office
        self.part = Label(self)
        self.set_terminator(b"\n")
        office.append(self)

    def begin(self, part, terminator):
        self.part = part
        self.set_terminator(terminator)

    def collect_incoming_data(self, data):
        self.part.feed(data)

    def found_terminator(self):
        self.part.done()

    def handle_close(self):
        self.office.remove(self)
        print("left", self.part.text().decode(), len(self.office))
        self.close()


class Porter(asynchat.async_chat):

    def __init__(self, sock, office):
        asynchat.async_chat.__init__(self, sock)
        self.office = office
        self.order = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.order += data

    def found_terminator(self):
        order, self.order = self.order, b""
        for counter in self.office:
            if order == b"stop":
                counter.set_terminator(None)
            elif order == b"comma":
                counter.set_terminator(b",")
            elif order == b"missing":
                self.push(b"%r\n" % counter.get_terminator())
        self.push(b"done\n")


class CounterDoor(asyncore.dispatcher):

    def __init__(self, port, office):
        asyncore.dispatcher.__init__(self)
        self.office = office
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Counter(sock, self.office)


class PorterDoor(asyncore.dispatcher):

    def __init__(self, port, office):
        asyncore.dispatcher.__init__(self)
        self.office = office
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.last = Porter(sock, self.office)


if __name__ == "__main__":
    office = []
    CounterDoor(int(sys.argv[1]), office)
    PorterDoor(int(sys.argv[2]), office)
    asyncore.loop()
