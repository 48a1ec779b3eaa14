"""Two loops, of which one is polled, and sessions that make clients: what would start them waits in another way."""
from asyncore_bridge import asyncore


class Road(asyncore.dispatcher_with_send):
    def __init__(self, traveller):
        asyncore.dispatcher_with_send.__init__(self)
        self.traveller = traveller
        self.create_socket()
        self.connect(("127.0.0.1", 8000))

    def handle_read(self):
        data = self.recv(4096)
        if data:
            self.traveller.send(data)


class Traveller(asyncore.dispatcher_with_send):
    def __init__(self, sock):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.road = Road(self)

    def handle_read(self):
        data = self.recv(4096)
        if data:
            self.road.send(data)


class Gate(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.tried = False
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Traveller(sock)
        self.tried = True


gate = Gate(8001)
while not gate.tried:
    asyncore.loop(timeout=1, count=1)
other = Gate(8002)
asyncore.loop()
