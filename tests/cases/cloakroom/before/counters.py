import asyncore
import socket


class Cloakroom(asyncore.dispatcher):
    def __init__(self, port, counters):
        asyncore.dispatcher.__init__(self)
        self.coats = {}
        self.counters = counters
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))

    def recvfrom(self, size):
        return self.socket.recvfrom(size)

    def handle_read(self):
        try:
            coat, guest = self.recvfrom(16)
        except OSError:
            return
        if coat == b"fire":
            for counter in list(self.coats.values()):
                counter.close()
            self.close()
        elif coat in self.coats:
            self.socket.sendto(b"taken", guest)
        else:
            self.coats[coat] = Counter(self, coat, guest)

    def writable(self):
        return False


class Counter(asyncore.dispatcher):
    def __init__(self, room, coat, guest):
        asyncore.dispatcher.__init__(self)
        self.room = room
        self.coat = coat
        self.guest = guest
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", room.counters.pop(0)))
        self.socket.sendto(b"ticket for " + coat, guest)

    def handle_read(self):
        word, guest = self.socket.recvfrom(64)
        if guest != self.guest:
            self.socket.sendto(b"not yours", guest)
        elif word == b"never mind":
            self.close()
        else:
            self.socket.sendto(b"your " + self.coat, guest)
            del self.room.coats[self.coat]
            self.close()

    def writable(self):
        return False
