"""Everybody has a letter box with room for a few letters; what is too long for it is thrown away."""
import asyncore
import queue
import sys

LONGEST = 24


class Office(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)
        self.houses = []

    def handle_accept(self):
        sock, addr = self.accept()
        self.houses.append(House(self, sock))

    def deliver(self, letter):
        for house in self.houses:
            house.put_in(letter)


class House(asyncore.dispatcher):
    def __init__(self, office, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.office = office
        self.socket = sock
        self.box = queue.Queue(maxsize=20)
        self.put_in(b"moved in\n")

    def put_in(self, letter):
        self.box.put(letter)

    def writable(self):
        return not self.box.empty()

    def handle_write(self):
        letter = self.box.get()
        if not len(letter) > LONGEST:
            self.send(letter)

    def handle_read(self):
        letter = self.recv(1024)
        if letter:
            self.office.deliver(b"letter: " + letter)

    def handle_close(self):
        self.office.houses.remove(self)
        self.close()


if __name__ == "__main__":
    Office(int(sys.argv[1]))
    asyncore.loop()
