"""A walk over the map that tells the one who speaks as well, who may have left: the map changes while it is walked."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Citizen(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.words = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words += data

    def found_terminator(self):
        words, self.words = self.words, b""
        if words == b"leave":
            self.close_when_done()
            return
        for channel in asyncore.socket_map.values():
            if isinstance(channel, Citizen):
                channel.push(words + b"!\n")


class Gate(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Citizen(sock)


Gate(7000)
asyncore.loop()
