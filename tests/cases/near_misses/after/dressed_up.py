"""Its handle_read() is decorated: the decorator is told of the end, too, and hands on no more than its object."""
from asyncore_bridge import asyncore


def counted(method):
    def wrapper(self):
        self.reads += 1
        print("read", self.reads)
        method(self)

    return wrapper


class Echo(asyncore.dispatcher_with_send):
    reads = 0

    @counted
    def handle_read(self):
        data = self.recv(4096)
        self.send(data)


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Echo(sock)


Server(7000)
asyncore.loop()
