"""handle_write() does not take what was sent off its buffer if that was only one byte, which goes out again."""
import asyncore
import sys


class Stutterer(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""

    def handle_read(self):
        if data := self.recv(4096):
            self.out += data

    def writable(self):
        return bool(self.out)

    def handle_write(self):
        if (sent := self.send(self.out)) > 1:
            self.out = self.out[sent:]


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        sock, addr = self.accept() or (None, None)
        if sock is None:
            self.close()
            return
        Stutterer(sock)


Server(int(sys.argv[1]))
asyncore.loop()
