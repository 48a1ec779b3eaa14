"""A producer in the handle_connect() of accepted connections, and a size that asynchat gave the buffer."""
import asynchat
import asyncore


class Lines:
    def __init__(self, count):
        self.left_over = count

    def more(self):
        self.left_over -= 1
        return b"line\n" if self.left_over > 0 else b""


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def handle_connect(self):
        self.push_with_producer(Lines(3))

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.push(b"".join(self.data) + b" %d\n" % self.ac_out_buffer_size)
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
