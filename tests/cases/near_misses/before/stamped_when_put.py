"""Drops what is too long when it comes to sending it, and puts together what it may drop: once, and not twice."""
import asyncore
import queue


class House(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.box = queue.Queue(20)

    def writable(self):
        return not self.box.empty()

    def handle_write(self):
        letter = self.box.get()
        if len(letter) <= 24:
            self.send(letter)

    def handle_read(self):
        letter = self.recv(1024)
        if letter:
            self.box.put(b"letter: " + letter)


class Office(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", 8000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        House(sock)


Office()
asyncore.loop()
