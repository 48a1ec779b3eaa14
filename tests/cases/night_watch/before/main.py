"""Two watchmen who report to a guard room, and go back to it when they are sent away."""

import asynchat
import asyncore
import socket
import sys
import time


class Watchman(asynchat.async_chat):
    """Starts anew each time: what he had heard of an order is forgotten."""

    def __init__(self, address, nights):
        asynchat.async_chat.__init__(self)
        self.address = address
        self.nights = nights
        self.rounds = 0
        self.order = []
        self.set_terminator(b"\r\n")
        self.go_on_duty()

    def go_on_duty(self):
        self.nights -= 1
        self.order = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(self.address)

    def handle_connect(self):
        self.push(b"on duty, %d nights left\r\n" % self.nights)

    def collect_incoming_data(self, data):
        self.order.append(data)

    def found_terminator(self):
        order = b"".join(self.order)
        self.order = []
        if order == b"round":
            self.rounds += 1
            self.push(b"round %d\r\n" % self.rounds)
        elif order == b"change":
            self.close()
            self.go_on_duty()
        elif order == b"home":
            self.nights = 0
            self.push(b"good night\r\n")
            self.close_when_done()

    def handle_close(self):
        self.close()
        print("sent away,", self.nights, "nights left")
        if self.nights > 0:
            self.go_on_duty()


class Sentry(asynchat.async_chat):
    """Never told to go and come back, so that all he needs is the whole order."""

    def __init__(self, address):
        asynchat.async_chat.__init__(self)
        self.address = address
        self.left = 2
        self.set_terminator(b"\n")
        self.post()

    def post(self):
        self.password = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(self.address)
        self.push(b"who goes there?\n")

    def collect_incoming_data(self, data):
        self.password += data

    def found_terminator(self):
        password, self.password = self.password, b""
        self.push(b"pass, " + password + b"\n")

    def handle_close(self):
        self.close()
        self.left -= 1
        if self.left:
            self.post()
        else:
            print("the gate is shut")


class Apprentice(asyncore.dispatcher):
    """Remembers what he heard, also of another night."""

    def __init__(self, address, patience=2):
        asyncore.dispatcher.__init__(self)
        self.address = address
        self.patience = patience
        self.heard = b""
        self.report()

    def report(self):
        self.words = b"reporting\n"
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(self.address)

    def handle_connect(self):
        print("apprentice is in")

    def writable(self):
        return not self.connected or len(self.words) > 0

    def handle_write(self):
        sent = self.send(self.words)
        self.words = self.words[sent:]

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.heard += data

    def handle_error(self):
        print("apprentice finds", sys.exc_info()[0].__name__)
        self.handle_close()

    def handle_close(self):
        self.close()
        if self.patience:
            self.patience -= 1
            time.sleep(0.01)
            self.report()
        else:
            print("apprentice heard", self.heard.decode("ascii"))


def main():
    sys.stdin.readline()  # the night begins
    Watchman(("127.0.0.1", int(sys.argv[1])), 3)
    Sentry(("127.0.0.1", int(sys.argv[3])))
    Apprentice(("127.0.0.1", int(sys.argv[2])))
    asyncore.loop(timeout=1)


if __name__ == "__main__":
    main()
