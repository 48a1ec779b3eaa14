"""A peer that is not there is no reason to give up, and is heard of by recv() alone."""
import asyncore
import socket


class Caller(asyncore.dispatcher):
    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.connect(address)
        self.send(b"hello")

    def writable(self):
        return False

    def handle_read(self):
        try:
            data = self.recv(512)
        except ConnectionRefusedError:
            self.send(b"hello again")
            return
        print(data)


Caller(("127.0.0.1", 7000))
asyncore.loop()
