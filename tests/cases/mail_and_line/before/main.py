"""A depot: drivers say by line where they are, orders come by mail, and who is silent for long is hung up on."""
import asyncore
import asynchat
import smtpd
import sys
import time


class Driver(asynchat.async_chat):
    def __init__(self, sock, depot):
        asynchat.async_chat.__init__(self, sock)
        self.depot = depot
        self.received = []
        self.heard_at = time.monotonic()
        self.set_terminator(b"\n")
        depot.drivers.append(self)

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        place = b"".join(self.received)
        self.received = []
        self.heard_at = time.monotonic()
        self.push(b"you are at " + place + b"\n")

    def handle_close(self):
        self.depot.drivers.remove(self)
        self.close()


class Depot(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.drivers = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Driver(sock, self)

    def look_after(self, limit):
        now = time.monotonic()
        for driver in self.drivers[:]:
            if now - driver.heard_at > limit:
                print("a driver is silent", flush=True)
                driver.handle_close()


class Orders(smtpd.SMTPServer):
    def __init__(self, port, depot):
        smtpd.SMTPServer.__init__(self, ("127.0.0.1", port), None)
        self.depot = depot

    def process_message(self, peer, mailfrom, rcpttos, data, **options):
        for driver in self.depot.drivers:
            driver.push(b"order: " + data + b"\n")


def main():
    depot = Depot(int(sys.argv[1]))
    Orders(int(sys.argv[2]), depot)
    try:
        while True:
            asyncore.loop(timeout=0.1, count=1)
            depot.look_after(0.6)
    except KeyboardInterrupt:
        print("closed", flush=True)


if __name__ == "__main__":
    main()
