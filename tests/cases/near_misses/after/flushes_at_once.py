"""What it says is sent at once, which may find the peer gone: handle_close() tells of that in the midst of a handler."""
from asyncore_bridge import asyncore


class Echo(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""

    def handle_read(self):
        data = self.recv(4096)
        self.say(data)
        print("answered")

    def say(self, data):
        self.out += data
        self.flush()

    def writable(self):
        return bool(self.out)

    def handle_write(self):
        self.flush()

    def flush(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]

    def handle_close(self):
        print("gone")
        self.close()


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
