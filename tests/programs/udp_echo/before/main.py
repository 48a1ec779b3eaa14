"""Answer datagrams; a queue of answers is sent as the socket takes them."""
import asyncore
import socket
import sys
from collections import deque


class DatagramEcho(asyncore.dispatcher):

    maximum = 512

    def __init__(self, host, port):
        asyncore.dispatcher.__init__(self)
        self.answers = deque()
        self.counts = {}
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind((host, port))
        print("ready")

    def handle_connect(self):
        pass

    def handle_read(self):
        data, sender = self.recvfrom()
        self.counts[sender] = self.counts.get(sender, 0) + 1
        if data == b"stop":
            self.answers.append((b"stopping", sender))
        elif data == b"count":
            self.answers.append((b"%d from you, %d in all" % (
                self.counts[sender], sum(self.counts.values())), sender))
        elif data.startswith(b"everybody "):
            for address in self.counts:
                self.answers.append((data[10:], address))
        else:
            self.answers.append((b"%d:" % len(data) + data, sender))

    def recvfrom(self):
        return self.socket.recvfrom(self.maximum)

    def writable(self):
        return bool(self.answers)

    def handle_write(self):
        data, address = self.answers.popleft()
        self.socket.sendto(data, address)
        if data == b"stopping":
            self.close()

    def handle_close(self):
        self.close()


if __name__ == "__main__":
    echo = DatagramEcho("127.0.0.1", int(sys.argv[1]))
    asyncore.loop()
    print("saw %d datagrams from %d peers" % (sum(echo.counts.values()), len(echo.counts)))
