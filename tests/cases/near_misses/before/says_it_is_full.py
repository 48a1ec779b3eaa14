"""Whether there is room is asked for elsewhere, too, and said aloud."""
import asyncore
import socket


class End(asyncore.dispatcher):
    def __init__(self, sock=None):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        self.other = None

    def readable(self):
        return self.other.has_room()

    def has_room(self):
        return len(self.out) < 65536

    def handle_read(self):
        data = self.recv(4096)
        if data:
            self.other.out += data
            if not self.other.has_room():
                print("full")

    def writable(self):
        return len(self.out) > 0 or not self.connected

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]

    def handle_close(self):
        self.close()
        self.other.close()


class Near(End):
    def __init__(self, sock):
        End.__init__(self, sock)
        self.other = Far(self)


class Far(End):
    def __init__(self, near):
        End.__init__(self)
        self.other = near
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", 7001))


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Near(sock)


Server(7000)
asyncore.loop()
