import asyncore
import sys

from offices import Clerk, Counter, Office


class Stamping(Clerk):
    def handle(self, form):
        self.push(b"stamped: " + form + b"\n")


class Refusing(Clerk):
    def handle(self, form):
        self.push(b"no\n")
        self.close_when_done()


class Counting(Clerk):
    def handle(self, form):
        self.push(b"%d clerks\n" % len(self.office.clerks))


class TownHall(Office):
    def receive(self, sock, addr):
        self.last = addr
        Stamping(sock, self)


class Patience(Counter):
    def make_clerk(self, sock):
        return Counting(sock, self)


class Impatience(Counter):
    def make_clerk(self, sock):
        return Refusing(sock, self)


if __name__ == "__main__":
    TownHall(int(sys.argv[1]))
    waiting = {"patience": Patience(int(sys.argv[2]))}
    waiting["impatience"] = Impatience(int(sys.argv[3]))
    asyncore.loop()
