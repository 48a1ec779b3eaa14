"""A house with two beds, and a side door for one guest only."""
import asynchat
import socket
import sys
# of the old days
import asyncore

class Guest(asynchat.async_chat):
    channels = 0

    def __init__(self, sock, house, map=None):
        asynchat.async_chat.__init__(self, sock, map)
        self.house = house
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        word = b"".join(self.words)
        self.words = []
        if word == b"fall":
            raise RuntimeError("down the stairs")
        if word == b"leave":
            self.house.guests -= 1
            self.push(b"bye\n")
            self.close_when_done()
            return
        self.push(b"heard " + word + b"\n")

    def handle_expt(self):
        self.handle_close()

    def handle_close(self):
        print("gone")
        self.close()

    def readable(self):
        return self.connected

    def writable(self):
        return asynchat.async_chat.writable(self)

    def log_info(self, message, type="info"):
        # what asyncore has to say of errors
        self.house.problems += 1

class House(asyncore.dispatcher):
    guests = problems = 0

    def __init__(self, port, beds):
        asyncore.dispatcher.__init__(self)
        self.beds = beds
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        if self.guests >= self.beds:
            sock.send(b"full\n")
            sock.close()
            return
        self.guests += 1
        Guest(sock, self).push(b"welcome %d, %d\n" % (self.guests, self.problems))

class SideDoor(asyncore.dispatcher):
    problems = guests = 0

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is None:
            pass
        else:
            # one is enough
            sock, addr = pair
            self.handle_close()
            Guest(sock, self)
            print("the side door is shut")

    def handle_close(self):
        self.close()

House(int(sys.argv[1]), 2)
SideDoor(int(sys.argv[2]))
asyncore.loop()
