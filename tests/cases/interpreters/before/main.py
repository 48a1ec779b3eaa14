"""Half way from Python 2 to Python 3: what comes in is decoded, and what goes out nobody has thought of yet."""
import asynchat
import asyncore
import sys


class Interpreter(asynchat.async_chat):
    def __init__(self, booth, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator("\n")
        self.booth = booth
        self.heard = []
        self.push("This is the %s booth\n" % booth.name)

    def collect_incoming_data(self, data):
        self.heard.append(data.decode())

    def found_terminator(self):
        sentence = "".join(self.heard)
        self.heard = []
        self.booth.tell(sentence.upper())

    def handle_close(self):
        asynchat.async_chat.handle_close(self)
        self.booth.interpreters.remove(self)


class Booth(asyncore.dispatcher):
    def __init__(self, port, name):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)
        self.name = name
        self.interpreters = []

    def handle_accept(self):
        sock, addr = self.accept()
        self.interpreters.append(Interpreter(self, sock))

    def tell(self, sentence):
        for interpreter in self.interpreters:
            interpreter.push(sentence + "\n")


if __name__ == "__main__":
    Booth(int(sys.argv[1]), "English")
    asyncore.loop()
