"""What makes the sessions has a reader of its own."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore

reader = {"name": "Ada"}


class Listener(asynchat.async_chat):
    def __init__(self, sock, who):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.who = who

    def collect_incoming_data(self, data):
        pass

    def found_terminator(self):
        self.push(b"read by %s\n" % self.who["name"].encode())


class Hall(asyncore.dispatcher):
    def __init__(self, port, factory):
        asyncore.dispatcher.__init__(self)
        self.factory = factory
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.factory(sock)


Hall(7000, lambda sock: Listener(sock, reader))
asyncore.loop()
