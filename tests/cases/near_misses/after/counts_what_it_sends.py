"""The handler goes on with what the producer has counted so far."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Count:
    made = 0

    def __init__(self, data):
        self.data = data

    def more(self):
        if not self.data:
            return b""
        Count.made += 1
        data, self.data = self.data[:4], self.data[4:]
        return data


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.push_with_producer(Count(b"".join(self.data)))
        self.data = []
        self.told()

    def told(self):
        self.push(b"%d\n" % Count.made)


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


Server(7000)
asyncore.loop()
