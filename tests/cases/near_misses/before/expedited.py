"""Out-of-band data is read."""
import asynchat
import asyncore
import socket


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.out += data

    def writable(self):
        return self.out

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]

    def handle_expt(self):
        self.out += self.socket.recv(1, socket.MSG_OOB)


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
