import asyncore


class Echo(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        self.full = False

    def readable(self):
        return not self.full

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.out += data
            self.full = len(self.out) > 9

    def writable(self):
        return self.out

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("", 7000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Echo(sock)


Server()
asyncore.loop()
