from asyncore_bridge import asyncore


class Echo(asyncore.dispatcher):
    def __init__(self, sock, others):
        asyncore.dispatcher.__init__(self, sock)
        self.others = others
        self.out = b""
        self.last = False
        others.append(self)

    def say(self, data):
        self.out += data
        self.last = data.endswith(b".")

    def handle_read(self):
        data = self.recv(1024)
        if data:
            for other in self.others:
                other.say(data)

    def writable(self):
        return self.out

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]
        if self.last and not self.out:
            self.close()

    def handle_error(self):
        self.close()


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.others = []
        self.create_socket()
        self.bind(("", 7000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Echo(sock, self.others)


Server()
asyncore.loop()
