"""Two ends of one pipe, each with a list of what is to flow out: none fills up while the other one has too much."""
import asyncore
import socket
import sys


class End(asyncore.dispatcher):
    other = None

    def __init__(self, sock=None):
        asyncore.dispatcher.__init__(self, sock)
        self.flow = []

    def readable(self):
        return self.other is not None and self.other.has_room()

    def has_room(self):
        return len(self.flow) < 16

    def handle_read(self):
        water = self.recv(4096)
        if water and self.other is not None:
            self.other.flow.append(water)

    def handle_connect(self):
        pass

    def writable(self):
        return bool(self.flow) or not self.connected

    def handle_write(self):
        if not self.flow:
            return
        water = self.flow.pop(0)
        flown = self.send(water)
        if flown < len(water):
            self.flow.insert(0, water[flown:])

    def handle_close(self):
        self.close()
        if self.other is not None:
            print("an end is dry")
            other, self.other = self.other, None
            other.other = None
            other.close()


class Spring(End):
    def __init__(self, sock, town):
        End.__init__(self, sock)
        self.other = Fountain(self, town)


class Fountain(End):
    def __init__(self, spring, town):
        End.__init__(self)
        self.other = spring
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(town)


class Aqueduct(asyncore.dispatcher):
    def __init__(self, port, town):
        asyncore.dispatcher.__init__(self)
        self.town = town
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Spring(sock, self.town)


Aqueduct(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2])))
asyncore.loop()
