"""Both ends of a lock: what comes in at one goes out at the other, and a gate closes when all is through."""
import asyncore
import socket


class Gate(asyncore.dispatcher):

    def __init__(self, sock=None):
        asyncore.dispatcher.__init__(self, sock)
        self.water = b""
        self.other = None
        self.closing = False

    def handle_connect(self):
        pass

    def let_in(self, water):
        self.water += water

    def writable(self):
        return self.connecting or len(self.water) > 0

    def handle_read(self):
        water = self.recv(4096)
        if water:
            self.other.let_in(self.treated(water))

    def treated(self, water):
        return water

    def handle_write(self):
        flown = self.send(self.water)
        self.water = self.water[flown:]
        if self.closing and not self.water:
            self.close()

    def close_later(self):
        if self.water:
            self.closing = True
        else:
            self.close()

    def handle_close(self):
        self.close()
        self.other.close_later()


class Lower(Gate):

    def treated(self, water):
        return water.replace(b"\0", b"")


class Upper(Gate):

    def __init__(self, address):
        Gate.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)
