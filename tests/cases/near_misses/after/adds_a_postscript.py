"""A letter is finished when it lies in the queue already."""
from asyncore_bridge import asyncore
import queue


class Clerk(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.letters = queue.Queue()

    def writable(self):
        return not self.letters.empty()

    def handle_read(self):
        letter = bytearray(self.recv(1024))
        self.letters.put(letter)
        letter += b"P.S. Write soon.\n"

    def handle_write(self):
        self.send(self.letters.get())

    def handle_close(self):
        self.close()


class Office(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Clerk(sock)


Office(7000)
asyncore.loop()
