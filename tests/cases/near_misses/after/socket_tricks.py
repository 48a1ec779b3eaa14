"""The socket itself is closed, made blocking, given away and replaced."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(line)

    def handle_close(self):
        self.socket.shutdown(1)
        self.socket.close()
        self.close()

    def become(self, sock):
        self.socket.setblocking(True)
        old, self.socket = self.socket, sock
        return old

    def keep(self):
        self.settimeout(5)


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


Server(7000)
asyncore.loop()
