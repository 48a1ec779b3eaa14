"""What comes is thrown away, but counted by the base class."""
import asynchat
import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        pass

    def found_terminator(self):
        self.push(b'%d' % len(self.ac_in_buffer))


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        sock, addr = self.accept()
        Session(sock)


Server(7000)
asyncore.loop()
