"""Clients that never look whether recv() returned anything: what they make of nothing shows, fails, or is passed on."""

import asyncore
import socket
import struct
import sys


class Setter(asyncore.dispatcher):
    """Four bytes say what time it is."""

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.data = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def writable(self):
        return False

    def handle_read(self):
        self.data = self.data + self.recv(4)
        if len(self.data) == 4:
            print("it is", struct.unpack("!I", self.data)[0])
            self.close()

    def handle_close(self):
        print("too early, got", len(self.data))
        self.close()


class Careless(asyncore.dispatcher_with_send):
    """Takes for granted that there is a number."""

    def __init__(self, address):
        asyncore.dispatcher_with_send.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def handle_connect(self):
        self.send(b"time?\n")

    def handle_write(self):
        print("asking")
        self.send(b"please\n")

    def handle_read(self):
        print("number", int(self.recv(100)))

    def handle_close(self):
        print("no more numbers")
        self.close()


class Reader(asyncore.dispatcher):
    """Feeds somebody else."""

    def __init__(self, address, diary):
        asyncore.dispatcher.__init__(self)
        self.diary = diary
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def writable(self):
        return not self.connected

    def handle_read(self):
        self.diary.feed(self.recv(1000))

    def handle_close(self):
        self.diary.end()
        self.close()


class Diary:
    def __init__(self):
        self.pages = []
        self.size = 0

    def feed(self, page):
        self.size += len(page)
        if not page:
            self.pages.append("blank page")

    def end(self):
        self.pages.append("the end")


def main():
    diary = Diary()
    addresses = [("127.0.0.1", int(port)) for port in sys.argv[1:]]
    setter = Setter(addresses[0])
    Careless(addresses[1])
    Reader(addresses[2], diary)
    asyncore.loop()
    print(setter.data, diary.size, diary.pages)


if __name__ == "__main__":
    main()
