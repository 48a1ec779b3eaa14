"""The mixin's handle_close() comes between that of the class and that of asyncore."""
import asynchat
import asyncore


class Counting:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.handled = 0

    def count(self):
        self.handled += 1

    def handle_close(self):
        print("closed after", self.handled)
        super().handle_close()


class Session(Counting, asynchat.async_chat):
    def __init__(self, sock):
        super().__init__(sock)
        self.data = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data += data

    def found_terminator(self):
        line, self.data = self.data, b""
        self.count()
        self.push(line + b"!\n")
        if line == b"bye":
            self.close_when_done()

    def handle_close(self):
        print("session closes")
        super().handle_close()


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


Server(7000)
asyncore.loop()
