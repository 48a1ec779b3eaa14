"""Each piece is decoded by itself."""
import asynchat
import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.text = ""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.text += data.decode("utf-8", "replace")

    def found_terminator(self):
        line, self.text = self.text, ""
        self.push(line.encode())

    def readable(self):
        return len(self.text) < 80


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
