"""A house that anybody may close: nobody gets in any more, and who is there is sent home."""
import asynchat
import asyncore
import socket
import sys


class Guest(asynchat.async_chat):
    def __init__(self, sock, house):
        asynchat.async_chat.__init__(self, sock)
        self.house = house
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        said = b"".join(self.words)
        self.words = []
        if said == b"curfew":
            self.house.close()
        else:
            self.push(b"%d here\n" % len(self.house.guests))

    def handle_close(self):
        print("a guest goes")
        self.house.forget(self)
        self.close()


class House(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.closed = False
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            sock, _ = pair
            self.guests.append(Guest(sock, self))

    def forget(self, guest):
        if guest in self.guests:
            self.guests.remove(guest)

    def close(self):
        """Close for the night."""
        if self.closed:
            return
        self.closed = True
        print("curfew")
        # the door first
        asyncore.dispatcher.close(self)
        for guest in list(self.guests):
            guest.push(b"good night\n")
            guest.close_when_done()
        self.guests = []


house = House(int(sys.argv[1]))
while not house.closed:
    asyncore.loop(timeout=5)
print("dark")
