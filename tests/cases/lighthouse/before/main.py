"""A lighthouse: ships hail it and are hailed, the lamp turns by the clock, and silent ships are let go."""
import asyncore
import asynchat
import signal
import sys
import time

TURN = 0.05


class Ship(asynchat.async_chat):
    def __init__(self, sock, house):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.received = []
        self.house = house
        self.heard = time.time()
        house.ships.append(self)

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        signal_flag = b"".join(self.received)
        self.received = []
        self.heard = time.time()
        if signal_flag == b"mutiny":
            self.house.put_out()
        self.house.book.lines.append(signal_flag)
        self.push(b"seen: " + signal_flag + b"\n")

    def handle_close(self):
        print("a ship has passed")
        self.house.ships.remove(self)
        self.close()


class Book:
    def __init__(self):
        self.lines = []

    def turn_page(self, *ignored):
        self.lines.clear()
        print("a new page")


class Lighthouse(asyncore.dispatcher):
    burning = True

    def __init__(self, port, patience):
        asyncore.dispatcher.__init__(self)
        self.ships = []
        self.patience = patience
        self.book = Book()
        signal.signal(signal.SIGTERM, self.storm)
        signal.signal(signal.SIGUSR1, self.read_out)
        signal.signal(signal.SIGHUP, self.book.turn_page)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Ship(sock, self)

    def put_out(self):
        self.burning = False

    def storm(self, number, frame):
        """The lamp goes out by itself."""
        print("a storm", file=sys.stderr)
        self.burning = False

    def read_out(self, number, frame):
        """Tell what there is in the book."""
        for line in self.book.lines:
            print("log:", line.decode("ascii"))

    def look_around(self):
        for ship in list(self.ships):
            if time.time() - ship.heard > self.patience:
                ship.push(b"farewell\n")
                self.ships.remove(ship)
                ship.close()

    def watch(self):
        """Watch until the lamp is put out."""
        turned = time.time()
        turns = 0
        while self.burning:
            asyncore.loop(timeout=TURN, count=1)
            self.look_around()
            # the lamp is slow
            if time.time() - turned > 2 * TURN:
                turned = time.time()
                turns += 1
        for ship in self.ships:
            ship.close()
        self.close()
        print("dark", len(self.ships))


Lighthouse(int(sys.argv[1]), float(sys.argv[2])).watch()
print("morning")
