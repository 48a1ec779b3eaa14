"""EMFILE while accepting, in a server that survives its errors: it spins.

stdlib: hundreds of errors while out of descriptors, then served
bridge: a few errors while out of descriptors, then served
"""

import asyncore
import os
import resource
import socket
import time

errors = []


class Greeter(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.send(b"hi")
        self.close()


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", 0))
        self.listen(10)

    def writable(self):
        return False

    def handle_accept(self):
        try:
            pair = self.accept()
        except OSError as exc:
            errors.append(exc.errno)
        else:
            if pair:
                Greeter(pair[0])


server = Server()
asyncore.loop(timeout=0, count=1)
client = socket.create_connection(server.socket.getsockname())
client.settimeout(5)
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (60, hard))
hoard = []
try:
    while True:
        hoard.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
end = time.monotonic() + 0.5
while time.monotonic() < end:
    asyncore.loop(timeout=0.2, count=1)
for fd in hoard:
    os.close(fd)
end = time.monotonic() + 5
while time.monotonic() < end and not any(isinstance(x, Greeter) for x in asyncore.socket_map.values()):
    asyncore.loop(timeout=0.2, count=1)
    client.setblocking(False)
    try:
        served = client.recv(10) == b"hi"
        break
    except BlockingIOError:
        served = False
print(
    "hundreds of" if len(errors) > 100 else "a few" if len(errors) < 20 else len(errors),
    "errors while out of descriptors, then",
    "served" if served else "not served",
)
