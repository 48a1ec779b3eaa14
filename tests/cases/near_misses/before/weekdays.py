"""Which of two methods there is depends on something else."""
import asynchat
import asyncore
import time


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.received = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.received.append(data)

    if time.localtime().tm_wday == 6:

        def found_terminator(self):
            self.received = []
            self.push(b"closed\n")

    else:

        def found_terminator(self):
            self.push(b"".join(self.received) + b"\n")
            self.received = []


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
