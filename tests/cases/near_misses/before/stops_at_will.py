"""An end that is told to stop by a third party, too, which nobody but that one revokes."""
import asyncore
import socket


class End(asyncore.dispatcher):
    def __init__(self, sock=None):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        self.other = None
        self.paused = False

    def readable(self):
        return not self.paused

    def handle_read(self):
        data = self.recv(4096)
        if data:
            self.other.out += data
            if len(self.other.out) > 65536:
                self.paused = True

    def writable(self):
        return len(self.out) > 0 or not self.connected

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]
        if len(self.out) < 1024:
            self.other.paused = False

    def handle_close(self):
        self.close()
        self.other.close()


class Near(End):
    def __init__(self, sock, ends):
        End.__init__(self, sock)
        self.other = Far(self)
        ends.append(self)


class Far(End):
    def __init__(self, near):
        End.__init__(self)
        self.other = near
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", 7001))


class Admin(asyncore.dispatcher):
    def __init__(self, sock, ends):
        asyncore.dispatcher.__init__(self, sock)
        self.ends = ends

    def handle_read(self):
        stop = self.recv(1) == b"s"
        for end in self.ends:
            end.paused = stop

    def handle_close(self):
        self.close()


class Server(asyncore.dispatcher):
    def __init__(self, port, make, ends):
        asyncore.dispatcher.__init__(self)
        self.make = make
        self.ends = ends
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.make(sock, self.ends)


ends = []
Server(7000, Near, ends)
Server(7002, Admin, ends)
asyncore.loop()
