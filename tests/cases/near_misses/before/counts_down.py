"""Looks at how much of a counted frame is still missing while it comes."""
import asynchat
import asyncore
import io


class Session(asynchat.async_chat):
    log_file = None

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.file = io.BytesIO()
        self.set_terminator(8)

    def collect_incoming_data(self, data):
        self.file.write(data)
        print("missing", self.get_terminator() - len(data), file=self.log_file)

    def found_terminator(self):
        self.push(self.file.getvalue())
        self.file = io.BytesIO()
        self.set_terminator(self.size())

    def size(self):
        return self.ac_in_buffer_size


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
