"""Listeners of which one has a close() that does not always close it."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock, server):
        asynchat.async_chat.__init__(self, sock)
        self.server = server
        self.said = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.said.append(data)

    def found_terminator(self):
        self.push(b"".join(self.said))
        self.said = []
        self.server.close()


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock, self)


class Stubborn(Server):
    def close(self):
        print("not yet")


Server(7000)
Stubborn(7001)
asyncore.loop()
