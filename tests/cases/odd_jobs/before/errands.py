"""An errand asks for its job's number; one that comes to another job does that as well."""
import asyncore
import socket

reports = {}


class Errand(asyncore.dispatcher_with_send):
    out = set()

    def __init__(self, port, name):
        asyncore.dispatcher_with_send.__init__(self)
        self.name = name
        self.heard = b""
        Errand.out.add(name)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def handle_connect(self):
        self.send(b"job %s\n" % self.name.encode())

    def handle_read(self):
        self.heard += self.recv(1000)
        if self.heard == b"break!":
            raise RuntimeError(self.name)

    def handle_error(self):
        print("broken:", self.name)
        raise

    def handle_close(self):
        self.close()
        Errand.out.discard(self.name)
        reports[self.name] = len(self.heard)
        if self.heard.startswith(b"also "):
            Errand(self.addr[1], self.heard[5:].decode())
