"""The house, and who sits in it."""
import asynchat
import asyncore


class Seat(asynchat.async_chat):
    def __init__(self, sock, house):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.received = []
        self.house = house
        house.seats.append(self)

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        call = b"".join(self.received)
        self.received = []
        for seat in self.house.seats:
            seat.push(b"somebody calls: " + call + b"\n")

    def handle_close(self):
        self.house.seats.remove(self)
        self.close()


class House(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.seats = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Seat(sock, self)

    def curtain(self):
        for seat in self.seats:
            seat.push(b"good night\n")
            seat.close_when_done()
