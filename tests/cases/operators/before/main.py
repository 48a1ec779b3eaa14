"""Callers name a host and a port, and are put through; what comes from there is passed on line by line."""
import asynchat
import asyncore
import sys


class Trunk(asynchat.async_chat):
    def __init__(self, address, caller):
        asynchat.async_chat.__init__(self)
        self.caller = caller
        self.data = []
        self.set_terminator(b"\n")
        self.create_socket()
        # the exchange is on the other side
        self.connect(address)  # blocks while the name is looked up

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.caller.push(b"> " + b"".join(self.data) + b"\n")
        self.data = []

    def handle_close(self):
        self.caller.trunk = None
        self.caller.push(b"hung up\n")
        self.close()


class Caller(asynchat.async_chat):
    trunk = None

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        if self.trunk is not None:
            self.trunk.push(line + b"\n")
        else:
            host, port = line.decode().split()
            self.trunk = Trunk((host, int(port)), self)
            self.push(b"calling\n")

    def handle_close(self):
        print("gone, in a call:", self.trunk is not None)
        if self.trunk is not None:
            self.trunk.close()
        self.close()


class Exchange(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Caller(sock)


Exchange(int(sys.argv[1]))
asyncore.loop()
