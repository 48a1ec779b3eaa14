"""What one says goes to the other, and neither was made by a listener's method."""
import asynchat
import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.peer = None
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.peer.push(b"".join(self.data) + b"\n")
        self.data = []

    def handle_close(self):
        self.peer.close()
        self.close()


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)
        self.waiting = []

    def handle_accepted(self, sock, addr):
        self.waiting.append(sock)
        if len(self.waiting) == 2:
            self.pair(Session(self.waiting[0]), Session(self.waiting[1]))

    def pair(self, one, two):
        one.peer, two.peer = two, one


Server(7000)
asyncore.loop()
