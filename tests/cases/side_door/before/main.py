"""A porter lets callers in by a side door: what the room behind it says goes through him, and ends with it."""
import asyncore
import socket
import sys


class Member(asyncore.dispatcher):
    """What all of the house have in common."""

    def log_info(self, message, type="info"):
        print(type, message, flush=True)

    def handle_expt(self):
        pass


class Porter(Member):
    ASKING, INSIDE, LEAVING = range(3)

    def __init__(self, sock, house):
        Member.__init__(self, sock)
        self.house = house
        self.state = self.ASKING
        self.asked = b""
        self.out = b""
        self.room = None

    def readable(self):
        return self.state != self.LEAVING

    def writable(self):
        return len(self.out) > 0 or self.state == self.LEAVING

    def handle_read(self):
        data = self.recv(1024)
        if not data:
            return
        if self.state == self.INSIDE:
            self.room.out += data
            return
        self.asked += data
        if b"\n" not in self.asked:
            return
        word, rest = self.asked.split(b"\n", 1)
        if word != b"friend":
            self.tell(b"no\n")
            self.state = self.LEAVING
            return
        self.tell(b"come in\n")
        self.room = Room(self, self.house.room)
        self.state = self.INSIDE
        if rest:
            self.room.out += rest

    def tell(self, data):
        self.out += data

    def handle_write(self):
        if self.out:
            sent = self.send(self.out)
            self.out = self.out[sent:]
        if not self.out and self.state == self.LEAVING:
            self.close()
            self.house.callers.remove(self)

    def handle_close(self):
        self.close()
        self.house.callers.remove(self)
        if self.room is not None:
            self.room.close()


class Room(Member):
    def __init__(self, porter, port):
        Member.__init__(self)
        self.porter = porter
        self.out = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def handle_connect(self):
        self.log_info("a door opens")

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.porter.tell(data)

    def writable(self):
        return not self.connected or len(self.out) > 0

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]

    def handle_close(self):
        self.close()
        self.porter.out += b"the door is shut\n"
        self.porter.state = Porter.LEAVING


class House(Member):
    def __init__(self, port, room):
        Member.__init__(self)
        self.room = room
        self.callers = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.callers.append(Porter(sock, self))
        self.log_info("%d at the door" % len(self.callers), "bell")


House(int(sys.argv[1]), int(sys.argv[2]))
asyncore.loop()
