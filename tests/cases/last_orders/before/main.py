"""A bar: guests order by the line, and Ctrl-C is closing time, of which every guest is told."""
import asynchat
import asyncore
import sys


class Guest(asynchat.async_chat):
    def __init__(self, sock, bar):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\r\n")
        self.received = []
        self.bar = bar
        bar.guests.append(self)

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        order = b"".join(self.received)
        self.received = []
        self.bar.served += 1
        self.push(b"one " + order + b"\r\n")

    def handle_close(self):
        print("a guest leaves")
        self.bar.guests.remove(self)
        self.close()


class Bar(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.served = 0
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock, self)

    def shut(self):
        for number, guest in enumerate(self.guests, 1):
            guest.push(b"time, guest %d!\r\n" % number)
            guest.close()
        self.close()


def main():
    bar = Bar(int(sys.argv[1]))
    reason = "nobody is left"
    # until the landlord has had enough
    try:
        asyncore.loop(timeout=1)
    except KeyboardInterrupt:
        reason = "closing time"
        print("last orders")
    finally:
        bar.shut()
        asyncore.loop(timeout=0.1, count=2)  # let them finish
        print("the bar is empty")
    print(reason, bar.served)
    return 3


if __name__ == "__main__":
    sys.exit(main())
