"""Walks over the map that look for more than the sessions of a class: for whatever has a name, and the number of all."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Guest(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.name = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.name += data

    def found_terminator(self):
        for channel in asyncore.socket_map.values():
            if hasattr(channel, "name"):
                channel.push(self.name + b"\n")
        self.push(b"%d in all\n" % len(asyncore.socket_map))


class Inn(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock)


Inn(7000)
asyncore.loop()
