"""A pub that a guest can close."""
import asynchat
import asyncore
import sys
from asyncore import ExitNow


class Guest(asynchat.async_chat):
    def __init__(self, sock, pub):
        asynchat.async_chat.__init__(self, sock)
        self.pub = pub
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        order = b"".join(self.words)
        self.words = []
        self.serve(order)

    def serve(self, order):
        if order == b"time":
            self.push(b"drink up\n")
            raise ExitNow("closed by a guest")
        try:
            self.pub.fetch(order)
        except OSError as error:
            if error.errno not in (asyncore.ENOTCONN, asyncore.EBADF):
                raise
            self.push(b"the tap is off\n")
        else:
            self.push(b"one " + order + b"\n")

    def handle_close(self):
        print("a guest has left", flush=True)
        self.close()


class Listener(asynchat.async_chat):
    """Says nothing, and is not asked."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.heard = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        self.heard = []

    def handle_close(self):
        print("a listener has left", flush=True)
        self.close()


class Door(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(asyncore.socket.AF_INET, asyncore.socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)


class Pub(Door):
    def fetch(self, order):
        if order == b"stout":
            raise OSError(asyncore.ENOTCONN, "no keg")

    def handle_accepted(self, sock, addr):
        Guest(sock, self)


class Garden(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Listener(sock)


def main():
    Pub(int(sys.argv[1]))
    Garden(int(sys.argv[2]))
    try:
        asyncore.loop()
    except ExitNow as end:
        print("over:", end)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
