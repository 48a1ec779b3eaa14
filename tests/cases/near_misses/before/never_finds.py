"""Says that lines end somewhere, and has nothing to say of them: the first line is an error."""

import asynchat
import asyncore
import sys


class Notice(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.push(b"closed today\n")
        self.close_when_done()

    def collect_incoming_data(self, data):
        pass


class House(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Notice(sock)


if __name__ == "__main__":
    House(int(sys.argv[1]))
    asyncore.loop()
