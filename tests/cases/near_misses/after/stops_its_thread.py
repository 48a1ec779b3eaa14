"""A loop in a thread that one of its own sessions ends: at once, and not when the next pass is over."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import socket
import threading


class Session(asynchat.async_chat):
    def __init__(self, sock, done):
        asynchat.async_chat.__init__(self, sock)
        self.done = done
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        if line == b"end":
            self.done.set()
        self.push(line)


class Server(asyncore.dispatcher):
    def __init__(self, port, done):
        asyncore.dispatcher.__init__(self)
        self.done = done
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock, self.done)


def serve(server, done):
    while not done.is_set():
        asyncore.loop(timeout=1, count=1)


done = threading.Event()
server = Server(7000, done)
thread = threading.Thread(target=serve, args=(server, done))
thread.start()
thread.join()
