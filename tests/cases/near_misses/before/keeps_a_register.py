"""Looks at a list that it has handed to a register, which may note more in it than the loop would be told of."""
import asynchat
import asyncore
import sys

from elsewhere import register


class Guest(asynchat.async_chat):
    def __init__(self, sock, names):
        asynchat.async_chat.__init__(self, sock)
        self.names = names
        self.name = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.name.append(data)

    def found_terminator(self):
        self.names.append(b"".join(self.name))
        self.close()


class House(asyncore.dispatcher):
    def __init__(self, port, names):
        asyncore.dispatcher.__init__(self)
        self.names = names
        register(names)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock, self.names)


def main():
    names = []
    House(int(sys.argv[1]), names)
    while len(names) < 3:
        asyncore.loop(timeout=0.1, count=1)
    print(names)


main()
