"""handle_write() is empty, and readable() a pause that nothing announces."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher_with_send):
    def __init__(self, sock):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.paused = False

    def handle_read(self):
        self.paused = True
        self.send(self.recv(10))

    def readable(self):
        return not self.paused

    def handle_write(self):
        pass


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
