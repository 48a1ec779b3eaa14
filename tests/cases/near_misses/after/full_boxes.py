"""A queue with an end: whoever puts too much into it is told so."""
from asyncore_bridge import asyncore
import queue


class Reader(asyncore.dispatcher):
    def __init__(self, sock, others):
        asyncore.dispatcher.__init__(self, sock)
        self.others = others
        self.letters = queue.Queue(maxsize=2)

    def tell(self, letter):
        try:
            self.letters.put_nowait(letter)
        except queue.Full:
            self.others.remove(self)

    def writable(self):
        return not self.letters.empty()

    def handle_read(self):
        data = self.recv(1024)
        for other in list(self.others):
            other.tell(data)

    def handle_write(self):
        self.send(self.letters.get())

    def handle_close(self):
        self.close()


class Board(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.readers = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.readers.append(Reader(sock, self.readers))


Board(7000)
asyncore.loop()
