"""A server that ends with its last guest: how many there are is more than whether there are any."""
import asynchat
import asyncore
import socket


class Guest(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(line)


class House(asyncore.dispatcher):
    seen = False

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.seen = True
        Guest(sock)


house = House(7000)
while not house.seen or len(asyncore.socket_map) > 1:
    asyncore.loop(timeout=1, count=1)
