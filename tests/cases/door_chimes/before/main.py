"""Chimes: what is typed, and what a device says, is read in ways of the program's own, and told to every room."""
import asyncore
import os
import sys


class Button:
    """A device, as a library has it: it says what has happened since it was asked last."""

    def __init__(self):
        self.fd, self.wire = os.pipe()

    def fileno(self):
        return self.fd

    def press(self, name):
        os.write(self.wire, name + b" ")

    def read(self):
        return os.read(self.fd, 100).split()


class Chime(asyncore.file_dispatcher):
    def __init__(self, button, house):
        self.button = button
        self.house = house
        asyncore.file_dispatcher.__init__(self, button)

    def recv(self, ignored=None):
        return self.button.read()

    def handle_read(self):
        for name in self.recv():
            if name == b"burnt":
                raise ValueError("burnt out")
            self.house.tell(b"dong " + name + b"\n")

    def handle_close(self):
        print("the chime is silent")
        self.close()


class Once(asyncore.file_dispatcher):
    """Rings for the first thing that a wire says, if nobody has cut it."""

    def __init__(self, wire, room):
        asyncore.file_dispatcher.__init__(self, wire)
        self.wire = wire
        self.room = room

    def writable(self):
        return False

    def handle_read(self):
        self.room.send(b"once " + os.read(self.wire, 100) + b"\n")
        self.close()


class Keyboard(asyncore.file_dispatcher):
    def __init__(self, house, chime):
        asyncore.file_dispatcher.__init__(self, sys.stdin)
        self.house = house
        self.chime = chime

    def writable(self):
        return False

    def handle_read(self):
        words = sys.stdin.readline().strip()
        if words == "good night":
            self.house.close()
            self.chime.close()
            self.close()
        elif words == "press":
            self.chime.button.press(b"typed")
        elif words == "bad":
            raise ValueError(words)
        else:
            self.house.tell(words.encode() + b"\n")

    def handle_error(self):
        print("cannot say", sys.exc_info()[1])


class Room(asyncore.dispatcher_with_send):
    def __init__(self, sock, house):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.house = house
        self.house.rooms.append(self)

    def handle_read(self):
        data = self.recv(100)
        if data.startswith(b"wire"):
            end, wire = os.pipe()
            ringer = Once(end, self)
            os.write(wire, b"rung")
            os.close(wire)
            if data.startswith(b"wire cut"):
                ringer.close()
                self.send(b"cut\n")
        elif data:
            for name in data.split():
                self.house.button.press(name)

    def handle_close(self):
        self.house.rooms.remove(self)
        self.close()


class House(asyncore.dispatcher):
    def __init__(self, port, button):
        asyncore.dispatcher.__init__(self)
        self.rooms = []
        self.button = button
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Room(sock, self)

    def tell(self, words):
        for room in self.rooms:
            room.send(words)


button = Button()
house = House(int(sys.argv[1]), button)
Keyboard(house, Chime(button, house))
asyncore.loop()
print("all asleep")
