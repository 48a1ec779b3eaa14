"""send() of a dispatcher_with_send says nothing of how much it took, and this class says so."""
import asyncore


class Session(asyncore.dispatcher_with_send):
    def handle_read(self):
        data = self.recv(512)
        if data:
            taken = self.send(data)
            self.send(b"%r of %d\n" % (taken, len(data)))


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
