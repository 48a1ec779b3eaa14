"""Objects over the wire: a length, then as much."""
import asynchat
import asyncore
import pickle
import struct


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.size = None
        self.set_terminator(4)

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        data = b"".join(self.data)
        self.data = []
        if self.size is None:
            (self.size,) = struct.unpack("!I", data)
            self.set_terminator(self.size)
        else:
            self.push(pickle.dumps(pickle.loads(data)))
            self.size = None
            self.set_terminator(4)
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
