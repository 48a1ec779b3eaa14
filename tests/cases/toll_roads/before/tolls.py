"""A toll gate: whoever comes through gets a road of his own to the city."""
import asyncore
import sys

CITY = ("127.0.0.1", int(sys.argv[2]))


class Road(asyncore.dispatcher_with_send):
    def __init__(self, city, traveller):
        asyncore.dispatcher_with_send.__init__(self)
        self.traveller = traveller
        self.create_socket()
        self.connect(city)

    def handle_read(self):
        data = self.recv(4096)
        if data:
            self.traveller.send(data)

    def handle_close(self):
        self.close()
        self.traveller.close()


class Traveller(asyncore.dispatcher_with_send):
    def __init__(self, sock, city):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.road = Road(city, self)

    def handle_read(self):
        data = self.recv(4096)
        if data:
            self.road.send(data)

    def handle_close(self):
        self.close()
        self.road.close()


class Gate(asyncore.dispatcher):
    def __init__(self, port, city, most):
        asyncore.dispatcher.__init__(self)
        self.city = city
        self.most = most
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.most -= 1
        Traveller(sock, self.city)
        if self.most == 0:
            self.close()


# nobody pays before it has been tried
Gate(int(sys.argv[1]), CITY, 1)
asyncore.loop()
print("open", flush=True)
