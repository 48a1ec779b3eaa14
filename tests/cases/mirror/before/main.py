"""Gives back what it gets."""
import asyncore
import socket
import sys


class Mirror(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.image = b""

    def handle_read(self):
        self.image += self.recv(4096)

    def writable(self):
        return len(self.image) > 0

    def handle_write(self):
        if not self.image:
            return
        else:
            sent = self.send(self.image)
            self.image = self.image[sent:]

    def handle_close(self):
        print("nobody there")
        self.close()


class Hall(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Mirror(sock)


Hall(int(sys.argv[1]))
while True:
    asyncore.loop(timeout=1)
