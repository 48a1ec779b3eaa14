"""A client that goes on after an error: also when its connection is refused, and handle_connect() follows."""
import asynchat
import asyncore


class Caller(asynchat.async_chat):
    def __init__(self):
        asynchat.async_chat.__init__(self)
        self.data = []
        self.set_terminator(b"\n")
        self.create_socket()
        self.connect(("127.0.0.1", 7000))

    def handle_connect(self):
        self.push(b"hello\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(b"%d\n" % int(line))

    def handle_error(self):
        print("never mind")


Caller()
asyncore.loop()
