"""How much may be queued for the other end is changed as one goes, and 0 stops it all."""
import asynchat
import asyncore


class Far(asynchat.async_chat):
    def __init__(self, near):
        asynchat.async_chat.__init__(self)
        self.near = near
        self.set_terminator(None)
        self.create_socket()
        self.connect(("127.0.0.1", 7001))

    def collect_incoming_data(self, data):
        self.near.push(data)

    def found_terminator(self):
        pass


class Near(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(None)
        self.far = Far(self)
        self.most = 10

    def readable(self):
        return len(self.far.producer_fifo) < self.most

    def collect_incoming_data(self, data):
        self.most = 0 if data.endswith(b"!") else 10
        self.far.push(data)

    def found_terminator(self):
        pass


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Near(sock)


Server(7000)
asyncore.loop()
