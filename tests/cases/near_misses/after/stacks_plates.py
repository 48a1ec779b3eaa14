"""What is put last is sent first: a queue that is called like another."""
from asyncore_bridge import asyncore
from queue import LifoQueue as Queue


class Kitchen(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.plates = Queue()

    def writable(self):
        return not self.plates.empty()

    def handle_read(self):
        for plate in self.recv(1024).split():
            self.plates.put(plate)

    def handle_write(self):
        self.send(self.plates.get())

    def handle_close(self):
        self.close()


class Restaurant(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Kitchen(sock)


Restaurant(7000)
asyncore.loop()
