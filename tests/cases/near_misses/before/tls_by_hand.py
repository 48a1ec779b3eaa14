"""The handshake is made in the handlers."""
import asynchat
import asyncore
import ssl


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.secure = False
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.socket = self.context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.secure = True

    def handle_read(self):
        if self.secure:
            self.socket.do_handshake()
        asynchat.async_chat.handle_read(self)


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
