"""Two porters, each with a pack of his own, who load each other's."""
import asyncore
import socket
import sys


class Upstairs(asyncore.dispatcher):
    """Was here first, and calls the other."""

    def __init__(self, sock, address):
        asyncore.dispatcher.__init__(self, sock)
        self.pack = b""
        self.partner = Downstairs(self, address)

    def handle_read(self):
        data = self.recv(4096)
        if data:
            self.partner.pack.extend(data)

    def writable(self):
        return len(self.pack) > 0

    def handle_write(self):
        sent = self.send(self.pack)
        self.pack = self.pack[sent:]

    def handle_close(self):
        print("upstairs is done")
        self.close()
        self.partner.close()


class Downstairs(asyncore.dispatcher):

    def __init__(self, partner, address):
        asyncore.dispatcher.__init__(self)
        self.pack = bytearray()
        self.partner = partner
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def handle_connect(self):
        self.partner.pack += b"[here]"

    def handle_read(self):
        data = self.recv(4096)
        if data:
            self.partner.pack += data

    def writable(self):
        return not self.connected or len(self.pack) > 0

    def handle_write(self):
        sent = self.send(self.pack)
        del self.pack[:sent]

    def handle_close(self):
        self.close()
        self.partner.pack += b"[gone]"


class House(asyncore.dispatcher):

    def __init__(self, port, address):
        asyncore.dispatcher.__init__(self)
        self.address = address
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Upstairs(sock, self.address)


if __name__ == "__main__":
    House(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2])))
    asyncore.loop()
