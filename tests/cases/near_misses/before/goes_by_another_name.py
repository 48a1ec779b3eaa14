"""What accepts has another name, by which it may be called elsewhere."""
import asyncore


class Session(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def welcome(self, sock, addr):
        Session(sock)

    handle_accepted = welcome


Server(7000)
asyncore.loop()
