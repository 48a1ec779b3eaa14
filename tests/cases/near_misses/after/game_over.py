"""Both players are told to end, and the one whose turn it is tells the other, who is still there."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Player(asynchat.async_chat):
    waiting = []

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.move = b""
        self.other = None
        self.set_terminator(b"\n")
        if self.waiting:
            self.other = self.waiting.pop()
            self.other.other = self
        else:
            self.waiting.append(self)

    def collect_incoming_data(self, data):
        self.move += data

    def found_terminator(self):
        move, self.move = self.move, b""
        if self.other is None:
            self.push(b"patience\n")
            return
        self.other.push(move + b"\n")
        if move == b"mate":
            self.other.close_when_done()
            self.close_when_done()

    def handle_close(self):
        if self.other is not None:
            self.other.push(b"you are alone\n")
            self.other.other = None
        self.close()


class Club(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Player(sock)


Club(7000)
asyncore.loop()
