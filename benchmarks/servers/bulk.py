"""Many megabytes, in counted frames of 64 KiB or from a producer.  Usage: bulk.py in|out"""

import asynchat
import asyncore
import socket
import sys


class Producer:
    block = b"x" * 65536

    def __init__(self, size):
        self.left = size

    def more(self):
        taken = min(self.left, 65536)
        self.left -= taken
        return self.block[:taken]


class Takes(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(65536)

    def collect_incoming_data(self, data):
        pass

    def found_terminator(self):
        self.set_terminator(65536)
        self.push(b".")


class Gives(Takes):
    def __init__(self, sock):
        Takes.__init__(self, sock)
        self.set_terminator(b"\n")
        self.number = b""

    def collect_incoming_data(self, data):
        self.number += data

    def found_terminator(self):
        self.push_with_producer(Producer(int(self.number)))
        self.number = b""


def choose():
    """Return the class that the command line asks for."""
    return Takes if sys.argv[-1] == "in" else Gives


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", 0))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        choose()(sock)


if __name__ == "__main__":
    server = Server()
    print(server.socket.getsockname()[1], flush=True)
    asyncore.loop(use_poll=True)
