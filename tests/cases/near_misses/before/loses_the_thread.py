"""Tells by the error that there is nothing more to tell: no coroutine lets StopIteration through."""
import asyncore
import sys


class Teller(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.story = None

    def handle_read(self):
        data = self.recv(100)
        if data:
            self.story = iter([data, b"and they lived happily ever after"])

    def writable(self):
        return self.story is not None

    def handle_write(self):
        words = next(self.story)
        if words == b"bye":
            self.close()
            return
        self.send(words)

    def handle_error(self):
        if sys.exc_info()[0] is StopIteration:
            print("the end")
        self.close()


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Teller(sock)


Server(7000)
asyncore.loop()
