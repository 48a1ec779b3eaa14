"""The event is looked at before the handlers are."""
import asynchat
import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        self.events = 0

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.out += data

    def writable(self):
        return self.out

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]

    def handle_read_event(self):
        self.events += 1
        asyncore.dispatcher.handle_read_event(self)


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
