"""All wait for one link, which knows only the last of them."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Link(asynchat.async_chat):
    def __init__(self):
        asynchat.async_chat.__init__(self)
        self.last = None
        self.set_terminator(None)
        self.create_socket()
        self.connect(("127.0.0.1", 7001))

    def readable(self):
        return self.last is None or not self.last.producer_fifo

    def collect_incoming_data(self, data):
        self.last.push(data)

    def found_terminator(self):
        pass


class Near(asynchat.async_chat):
    def __init__(self, sock, link):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(None)
        self.link = link
        self.link.last = self

    def readable(self):
        return not self.link.producer_fifo

    def collect_incoming_data(self, data):
        self.link.push(data)

    def found_terminator(self):
        pass


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.link = Link()
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Near(sock, self.link)


Server(7000)
asyncore.loop()
