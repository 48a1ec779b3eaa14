"""handle_write() of an accepted session is called when its output is stuck, and at no other time."""
from asyncore_bridge import asyncore


class Session(asyncore.dispatcher_with_send):
    def handle_read(self):
        data = self.recv(100)
        if data:
            self.send(data)

    def handle_write(self):
        self.send(b"excuse me\n")


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
