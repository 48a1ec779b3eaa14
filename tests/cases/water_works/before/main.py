"""A water works: valves are opened and closed by the line, until the main is shut."""
import asynchat
import asyncore
import sys

from reactor import Reactor


class Keeper(asynchat.async_chat):
    def __init__(self, sock, works, map=None):
        asynchat.async_chat.__init__(self, sock, map)
        self.set_terminator(b"\n")
        self.received = []
        self.works = works

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        order = b"".join(self.received)
        self.received = []
        if order == b"shut":
            self.works.close()
            self.push(b"the main is shut\n")
            self.close_when_done()
            return
        self.works.valves ^= {order}
        self.push(b"open: " + b" ".join(sorted(self.works.valves)) + b"\n")


class Works(asyncore.dispatcher):
    def __init__(self, port, reactor):
        asyncore.dispatcher.__init__(self, map=reactor.sockets)
        self.reactor = reactor
        self.valves = set()
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Keeper(sock, self, map=self.reactor.sockets)


def main():
    reactor = Reactor()
    works = Works(int(sys.argv[1]), reactor)
    asyncore.loop(timeout=2, map=reactor.sockets)
    print("dry", len(works.valves))


if __name__ == "__main__":
    main()
