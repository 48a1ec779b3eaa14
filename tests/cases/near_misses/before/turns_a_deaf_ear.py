"""Is told again and again that there is something to read, which it never takes."""
import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.file = open(__file__, "rb")

    def handle_read(self):
        pass

    def handle_write(self):
        data = self.file.read(4096)
        if not data:
            self.close()
            return
        self.send(data)


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
