import asyncore
import threading


class Slow(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.answers = []
        self.over = False

    def handle_read(self):
        data = self.recv(1024)
        if data:
            threading.Timer(1, lambda: self.answer(data)).start()

    def answer(self, data):
        self.answers.append(data)
        self.over = True

    def writable(self):
        return self.answers or self.over

    def handle_write(self):
        if self.answers:
            self.send(self.answers.pop(0))
        elif self.over:
            self.close()


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("", 7000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Slow(sock)


Server()
asyncore.loop(1)
