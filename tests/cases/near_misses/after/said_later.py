from asyncore_bridge import asyncore
import socket

later = []


class Loudspeaker(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.words = b""
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", 0))
        later.append(lambda: self.add(b"now"))

    def add(self, words):
        self.words += words

    def handle_read(self):
        words, listener = self.socket.recvfrom(512)
        self.listener = listener
        self.words = words.upper()

    def writable(self):
        return len(self.words) > 0

    def handle_write(self):
        self.socket.sendto(self.words, self.listener)
        self.words = b""


speaker = Loudspeaker()
asyncore.loop()
