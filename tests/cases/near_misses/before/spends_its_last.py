"""Its count may close before the last piece is sent: send() then has handle_close() run."""
import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = []
        self.left = 3

    def handle_read(self):
        data = self.recv(64)
        if data:
            self.out.append(data)

    def writable(self):
        return len(self.out) > 0

    def handle_write(self):
        self.count()
        self.send(self.out.pop(0))

    def count(self):
        self.left -= 1
        if self.left == 0:
            self.close()

    def handle_close(self):
        print("closed")
        self.close()


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
