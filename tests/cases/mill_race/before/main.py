"""Two ends of a mill race: when one is closed, the other one is as soon as all has flowed through."""
import asyncore
import socket
import sys

DEPTH = 32768


class Gate(asyncore.dispatcher):
    def __init__(self, sock=None):
        asyncore.dispatcher.__init__(self, sock)
        self.other = None
        self.water = b""
        self.draining = False

    def meet(self, other):
        self.other, other.other = other, self

    def readable(self):
        if self.other is None:
            return False
        return not self.draining and len(self.other.water) < DEPTH

    def handle_read(self):
        water = self.recv(8192)
        if water and self.other:
            self.other.water += water

    def handle_connect(self):
        pass

    def writable(self):
        return len(self.water) > 0 or not self.connected

    def handle_write(self):
        flown = self.send(self.water)
        self.water = self.water[flown:]
        if self.draining and not self.water:
            self.close()

    def handle_close(self):
        self.close()
        other, self.other = self.other, None
        if other is not None:
            print("a gate is shut")
            other.draining = True
            other.other = None
            if not other.water:
                other.close()


class Upper(Gate):
    def __init__(self, sock, river):
        Gate.__init__(self, sock)
        self.meet(Lower(river))


class Lower(Gate):
    def __init__(self, river):
        Gate.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(river)


class Mill(asyncore.dispatcher):
    def __init__(self, port, river):
        asyncore.dispatcher.__init__(self)
        self.river = river
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            Upper(pair[0], self.river)


Mill(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2])))
asyncore.loop()
