"""A scale that weighs a letter as it comes, a handful at a time, and has had enough of heavy ones."""
import asynchat
import asyncore
import sys


class Scale(asynchat.async_chat):
    ac_in_buffer_size = 16  # a handful
    heavy = 40

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.weight = 0
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.weight += len(data)
        if self.weight > self.heavy:
            self.push(b"too heavy\n")
            self.weight = 0

    def found_terminator(self):
        self.push(b"%d\n" % self.weight)
        self.weight = 0


class Shredder(asynchat.async_chat):
    ac_in_buffer_size = 4  # the width of a strip

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(None)

    def collect_incoming_data(self, data):
        self.push(b"%s|" % data)

    def found_terminator(self):
        pass


class Counter(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Scale(sock)


class BackRoom(Counter):
    def handle_accepted(self, sock, addr):
        Shredder(sock)


if __name__ == "__main__":
    Counter(int(sys.argv[1]))
    BackRoom(int(sys.argv[2]))
    asyncore.loop()
