"""Only the last piece of a frame counts, and where it was cut."""
import asynchat
import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.latest = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.latest = data

    def found_terminator(self):
        self.push(b"%d\n" % len(self.latest))
        self.begun = self.initiate_send()


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
