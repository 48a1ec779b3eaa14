"""Hangs up on whoever takes too little: what is left to send tells."""
from asyncore_bridge import asyncore
import socket

viewers = []


class Viewer(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.frames = b""
        viewers.append(self)

    def show(self, frame):
        self.frames += frame
        if len(self.frames) > 1000000:
            self.handle_close()

    def writable(self):
        return bool(self.frames)

    def handle_write(self):
        sent = self.send(self.frames)
        self.frames = self.frames[sent:]

    def handle_read(self):
        if command := self.recv(100):
            for viewer in viewers[:]:
                viewer.show(command)

    def handle_close(self):
        viewers.remove(self)
        self.close()


class Screen(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Viewer(sock)


Screen(1)
asyncore.loop()
