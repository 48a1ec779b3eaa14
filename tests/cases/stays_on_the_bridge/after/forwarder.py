"""Has the far side connect if there is somewhere to go: nobody could run it otherwise."""
from asyncore_bridge import asyncore


class Side(asyncore.dispatcher):
    other = None

    def __init__(self, sock=None):
        asyncore.dispatcher.__init__(self, sock)
        self.buffer = b""

    def handle_read(self):
        self.other.buffer += self.recv(4096)

    def writable(self):
        return bool(self.buffer)

    def handle_write(self):
        self.buffer = self.buffer[self.send(self.buffer):]

    def handle_close(self):
        self.close()
        self.other.close()


class Forwarder(asyncore.dispatcher):
    def __init__(self, port, target):
        asyncore.dispatcher.__init__(self)
        self.target = target
        self.create_socket()
        self.bind(("", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        near, far = Side(sock), Side()
        near.other, far.other = far, near
        if self.target is not None:
            far.create_socket()
            far.connect(self.target)


Forwarder(7000, ("127.0.0.1", 7001))
asyncore.loop()
