"""The listener is given one socket, and changes to another."""
import asynchat
import asyncore
import socket


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(line)


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.set_socket(socket.create_server(("127.0.0.1", port)))
        self.listen(5)

    def move(self, port):
        self.del_channel()
        self.set_socket(socket.create_server(("127.0.0.1", port)))

    def handle_accepted(self, sock, addr):
        Session(sock)


Server(7000).move(7001)
asyncore.loop()
