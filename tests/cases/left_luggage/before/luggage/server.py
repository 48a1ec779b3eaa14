"""The counter and its shelves."""

import asynchat
import asyncore


class Guest(asynchat.async_chat):
    def __init__(self, sock, counter):
        super().__init__(sock)
        self.counter = counter
        self.received = []
        self.set_terminator(b"\r\n")

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        verb, _, number = b"".join(self.received).partition(b" ")
        self.received = []
        if verb == b"LEAVE":
            self.counter.shelves.add(number)
            self.push(b"thank you\r\n")
        elif number in self.counter.shelves:
            self.counter.shelves.remove(number)
            self.push(b"here it is\r\n")
        else:
            self.push(b"no such number\r\n")


class Counter(asyncore.dispatcher):
    def __init__(self, port):
        super().__init__()
        self.shelves = set()
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock, self)

    def serve_forever(self):
        asyncore.loop(timeout=1)
