"""A line of talk between two ends of one class: one was accepted, the other connects; one end shouts."""
import asyncore
import socket
import sys


class End(asyncore.dispatcher):

    def __init__(self, sock=None, name="near"):
        asyncore.dispatcher.__init__(self, sock)
        self.name = name
        self.words = b""
        self.partner = None

    def handle_read(self):
        data = self.recv(4096)
        if data and self.partner is not None:
            self.partner.words += self.pronounced(data)

    def pronounced(self, data):
        return data

    def writable(self):
        return len(self.words) > 0

    def handle_write(self):
        sent = self.send(self.words)
        self.words = self.words[sent:]

    def handle_close(self):
        partner, self.partner = self.partner, None
        self.close()
        if partner is not None:
            print(self.name, "end hung up")
            partner.partner = None
            while partner.words:
                n = partner.send(partner.words)
                partner.words = partner.words[n:]
                if not n:
                    break
            partner.close()


class Shouter(End):

    def pronounced(self, data):
        return data.upper()


class FarEnd(End):

    def __init__(self, address):
        End.__init__(self, None, name="far")
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def writable(self):
        return not self.connected or End.writable(self)

    def handle_connect(self):
        print("the far end answers")


class Line(asyncore.dispatcher):

    def __init__(self, port, address):
        asyncore.dispatcher.__init__(self)
        self.address = address
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        near = Shouter(sock)
        far = FarEnd(self.address)
        near.partner, far.partner = far, near


if __name__ == "__main__":
    Line(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2])))
    asyncore.loop()
