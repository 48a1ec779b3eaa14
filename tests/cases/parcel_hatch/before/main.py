"""A counter where parcels are ordered; they are handed out at a hatch that opens for one customer, or brought."""

import asynchat
import asyncore
import socket
import sys


class Parcel(asynchat.async_chat):
    """Whoever comes to the hatch gets what was ordered."""

    def __init__(self, sock, counter, content):
        asynchat.async_chat.__init__(self, sock)
        self.counter = counter
        self.set_terminator(None)
        self.push(content)
        self.close_when_done()

    def collect_incoming_data(self, data):
        pass

    def found_terminator(self):
        pass

    def handle_close(self):
        self.close()
        self.counter.say("handed out")


class Hatch(asyncore.dispatcher):

    def __init__(self, counter, content):
        asyncore.dispatcher.__init__(self)
        self.counter = counter
        self.content = content
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", 0))
        self.listen(1)

    def handle_accepted(self, sock, addr):
        self.counter.hatch = None
        self.close()
        Parcel(sock, self.counter, self.content)


class Porter(asynchat.async_chat):
    """Brings it to where the customer waits."""

    def __init__(self, counter, port, content):
        asynchat.async_chat.__init__(self)
        self.counter = counter
        self.content = content
        self.set_terminator(None)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def handle_connect(self):
        self.push(self.content)
        self.close_when_done()

    def collect_incoming_data(self, data):
        pass

    def found_terminator(self):
        pass

    def handle_error(self):
        self.counter.say("nobody there")
        self.close()

    def handle_close(self):
        self.close()
        self.counter.say("brought")


class Counter(asynchat.async_chat):

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.order = []
        self.hatch = None
        self.set_terminator(b"\n")

    def say(self, text):
        self.push(text.encode("ascii") + b"\n")

    def collect_incoming_data(self, data):
        self.order.append(data)

    def found_terminator(self):
        words = b"".join(self.order).decode("ascii").split()
        self.order = []
        if words[0] == "order":
            if self.hatch is not None:
                self.hatch.close()
                self.say("the other hatch is closed")
            self.hatch = Hatch(self, b"parcel " * int(words[1]))
            self.say("hatch %d" % self.hatch.socket.getsockname()[1])
        elif words[0] == "bring":
            Porter(self, int(words[1]), b"parcel " * int(words[2]))
        else:
            self.say("good bye")
            self.close_when_done()

    def handle_close(self):
        if self.hatch is not None:
            self.hatch.close()
        self.close()


class Shop(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Counter(sock)


if __name__ == "__main__":
    Shop(int(sys.argv[1]))
    asyncore.loop()
