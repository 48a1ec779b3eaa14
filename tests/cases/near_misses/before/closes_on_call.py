"""Has somebody else close it, who may be anybody: another thread, say."""
import asynchat
import asyncore

import clockwork


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")
        clockwork.ring(60, self.close_when_done)

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.push(b"".join(self.data))
        self.data = []


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
