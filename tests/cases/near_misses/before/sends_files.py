"""A file, when its lock is free: the producer says when it has nothing yet."""
import asynchat
import asyncore


NOT_DONE_YET = b""


class File:
    def __init__(self, name):
        self.file = open(name, "rb")
        self.locked = True

    def more(self):
        if self.locked:
            return NOT_DONE_YET
        return self.file.read(512)


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.push_with_producer(File(b"".join(self.data)))
        self.data = []

    def writable(self):
        return not self.locked() and asynchat.async_chat.writable(self)

    def locked(self):
        return any(producer.locked for producer in self.producer_fifo)


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
