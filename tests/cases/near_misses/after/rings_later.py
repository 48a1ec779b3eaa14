"""The new connection's socket is left to a function, which uses it later."""
from asyncore_bridge import asyncore


class Bell(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.later = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        def ring():
            sock.send(b"ding")

        self.later.append(ring)


bell = Bell(7000)
while True:
    asyncore.loop(timeout=1, count=1)
    for ring in bell.later:
        ring()
