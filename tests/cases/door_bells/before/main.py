"""Ring at every door, leave a leaflet where somebody opens, and ask the first of them for a name."""
import asyncore
import socket
import sys


class Round:
    def __init__(self, doors):
        self.doors = doors
        self.left = list(doors)
        self.opened = []
        self.names = []

    def go_on(self):
        if self.left:
            Ring(self, self.left.pop(0))
        elif self.opened:
            for door in self.opened:
                Leaflet(door, b"Sale on Monday!\n" * 3)
            Question(self, self.opened[0])


class Ring(asyncore.dispatcher):
    """Somebody answers, or does not."""

    def __init__(self, walk, door):
        asyncore.dispatcher.__init__(self)
        self.walk = walk
        self.door = door
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", door))

    def handle_connect(self):
        self.walk.opened.append(self.door)
        self.run_away()

    def handle_error(self):
        print("nobody at door", self.walk.doors.index(self.door))
        self.run_away()

    def run_away(self):
        self.close()
        self.walk.go_on()


class Leaflet(asyncore.dispatcher):
    """Says what it has to say, and does not listen."""

    def __init__(self, door, text):
        asyncore.dispatcher.__init__(self)
        self.text = text
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", door))

    def handle_connect(self):
        pass

    def writable(self):
        return len(self.text) > 0

    def handle_write(self):
        sent = self.send(self.text)
        self.text = self.text[sent:]
        if not self.text:
            self.leave()

    def leave(self):
        print("left a leaflet")
        self.close()


class Question(asyncore.dispatcher):

    def __init__(self, walk, door):
        asyncore.dispatcher.__init__(self)
        self.walk = walk
        self.words = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", door))

    def handle_connect(self):
        self.words = b"Who lives here?\n"

    def writable(self):
        return self.connecting or len(self.words) > 0

    def handle_write(self):
        sent = self.send(self.words)
        self.words = self.words[sent:]

    def handle_read(self):
        name = self.recv(100)
        if name:
            self.walk.names.append(name)

    def handle_close(self):
        self.close()


def main(doors):
    walk = Round([int(door) for door in doors])
    walk.go_on()
    asyncore.loop(timeout=1)
    print("name:", b"".join(walk.names).decode())
    return len(walk.opened)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
