"""An auction: bids by the line until the hammer falls, the hall is empty, or Ctrl-C; then the accounts are printed."""
import asynchat
import asyncore
import sys
import time

sold = False
bidders = []


class Bidder(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\r\n")
        self.received = b""
        self.bids = 0
        bidders.append(self)

    def collect_incoming_data(self, data):
        self.received += data

    def found_terminator(self):
        global sold
        bid, self.received = self.received, b""
        if bid == b"hammer":
            sold = True
            return
        self.bids += 1
        for bidder in bidders:
            bidder.push(b"bid: " + bid + b"\r\n")

    def handle_close(self):
        bidders.remove(self)
        self.close()


class Hall(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            Bidder(pair[0])


def main():
    hall = Hall(int(sys.argv[1]))
    started = time.monotonic()
    try:
        while asyncore.socket_map and not sold and time.monotonic() < started + 60:
            asyncore.poll(0.1, asyncore.socket_map)
    except KeyboardInterrupt:
        print("no sale")
        for bidder in bidders:
            bidder.push(b"the auction is off\r\n")
            bidder.close()
        return 1
    total = 0
    for bidder in bidders:
        total += bidder.bids
        bidder.push(b"sold\r\n")
        bidder.close()
    hall.close()
    print("sold after", total)
    return 0


if __name__ == "__main__":
    sys.exit(main())
