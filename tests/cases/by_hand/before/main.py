"""Three ways to write an echo server by hand, one behind the other."""
import asyncore
import sys


wishes = 0


class Plain(asyncore.dispatcher):
    """Sends at once."""

    def writable(self):
        pass

    def handle_read(self):
        self.send(self.recv(1024))


class Buffered(asyncore.dispatcher):
    """Sends when there is room."""

    limit = 65536

    def __init__(self, sock, name):
        asyncore.dispatcher.__init__(self, sock)
        self.name = name
        self.out = b""

    def readable(self):
        return True

    def handle_read(self):
        data = self.recv(self.limit)
        if not data:
            return
        self.out += self.name
        self.out = self.out + data

    def writable(self):
        return len(self.out) > 0

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]

    def handle_close(self):
        print("buffered gone")
        self.close()


class Ready(asyncore.dispatcher_with_send):
    """Has a buffer already."""

    def handle_read(self):
        global wishes
        data = self.recv(8192)
        if data:
            if data == b"quit":
                wishes += 1
                self.send(b"as you wish, the %d." % wishes)
                self.close()
            else:
                self.send(data[::-1])


class Listener(asyncore.dispatcher):

    def __init__(self, port, make):
        asyncore.dispatcher.__init__(self)
        self.make = make
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            sock, addr = pair
            handler = self.make(sock)


class NamedListener(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        handler = Buffered(sock, name=b"%s:" % addr[0].encode())
        print("from", addr[0])


ports = [int(word) for word in sys.argv[1:]]
Listener(ports[0], Plain)
Listener(ports[1], make=Ready)
NamedListener(ports[2])
asyncore.loop()
