from asyncore_bridge import asyncore
from asyncore_bridge.asynchat import async_chat


class Reader:
    def __init__(self, channel):
        self.channel = channel

    def read(self, line):
        self.channel.set_terminator(int(line))


class Channel(async_chat):
    def __init__(self, sock):
        async_chat.__init__(self, sock)
        self.reader = Reader(self)
        self.buffer = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.buffer += data

    def found_terminator(self):
        line, self.buffer = self.buffer, b""
        self.reader.read(line)


class Listener(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("", 7000))
        self.listen(1)

    def handle_accept(self):
        Channel(self.accept()[0])


listener = Listener()
asyncore.loop()
