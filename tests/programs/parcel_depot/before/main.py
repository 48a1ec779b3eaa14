"""A depot for parcels: a block of headers up to an empty line, then as many bytes as the headers say.

    deposit: NAME            fetch: NAME
    length: 5
                             (empty line)
    hello

Every answer has the same form. "last: yes" asks to hang up afterwards.
"""

import asynchat
import asyncore
import sys


class ParcelError(Exception):
    pass


class Counter(asynchat.async_chat):
    """Serves one customer."""

    def __init__(self, sock, depot):
        asynchat.async_chat.__init__(self, sock)
        self.depot = depot
        self.data = b""
        self.headers = None
        self.set_terminator(b"\n\n")

    def collect_incoming_data(self, data):
        self.data += data

    def found_terminator(self):
        data, self.data = self.data, b""
        if self.headers is None:
            self.headers = parse(data)
            size = int(self.headers.get("length", 0))
            if size > 0:
                self.set_terminator(size)
                return
            data = b""
        self.serve(data)
        self.headers = None
        self.set_terminator(b"\n\n")

    def serve(self, body):
        if "deposit" in self.headers:
            name = self.headers["deposit"]
            news = "replaced" if name in self.depot.parcels else "stored"
            self.depot.parcels[name] = body
            self.answer(news, b"")
        elif "fetch" in self.headers:
            try:
                parcel = self.depot.take(self.headers["fetch"])
            except ParcelError as error:
                self.answer("failed", str(error).encode())
            else:
                self.answer("here", parcel)
        else:
            self.answer("what", b",".join(sorted(name.encode() for name in self.headers)))

    def answer(self, status, body):
        self.push(("status: %s\nlength: %d\n\n" % (status, len(body))).encode("ascii"))
        if body:
            self.push(body)
        if self.headers.get("last") == "yes":
            self.close_when_done()

    def handle_close(self):
        self.depot.left(self)
        self.close()


class Depot(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.parcels = {}
        self.customers = 0
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(64)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            sock, addr = pair
            Counter(sock, self)

    def take(self, name):
        if name not in self.parcels:
            raise ParcelError("no parcel for %s" % name)
        return self.parcels[name]

    def left(self, counter):
        self.customers += 1
        state = "idle" if counter.headers is None else "in a parcel"
        print("customer", self.customers, "left,", state)


def parse(data):
    headers = {}
    for line in data.decode("ascii").split("\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


Depot(int(sys.argv[1]))
asyncore.loop()
