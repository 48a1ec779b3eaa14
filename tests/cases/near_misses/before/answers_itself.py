"""Every answer is a question as well: asyncore reads in between."""
import asyncore


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.questions = []

    def writable(self):
        return len(self.questions) > 0

    def handle_read(self):
        data = self.recv(64)
        if data:
            self.questions.append(data)

    def handle_write(self):
        question = self.questions.pop(0)
        self.send(self.answer(question))

    def answer(self, question):
        self.questions.append(question + b"?")
        return question


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
