"""A courier that hands over its letters when it has found the house, and takes the answers home."""
import asynchat
import asyncore
import socket
import sys


class Bag:
    """Letters, one at a time, as they are taken."""

    def __init__(self, count, size):
        self.count = count
        self.size = size

    def more(self):
        if not self.count:
            return b""
        self.count -= 1
        return b"letter %d %s\n" % (self.count, b"." * self.size)


class Parcel(asynchat.simple_producer):
    """Something big, a piece at a time."""

    def more(self):
        return asynchat.simple_producer.more(self).upper()


class Courier(asynchat.async_chat):

    ac_out_buffer_size = 2000  # a letter at most
    ac_in_buffer_size = 100

    def __init__(self, host, port, letters):
        asynchat.async_chat.__init__(self)
        self.letters = letters
        self.answer = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect((host, port))

    def handle_connect(self):
        print("found the house")
        self.push(b"%d letters\n" % self.letters)
        self.hand_over(self.letters)
        self.set_terminator(b"\n")

    def hand_over(self, letters):
        # as they are taken
        self.push_with_producer(Bag(letters, self.ac_out_buffer_size - 100))

    def collect_incoming_data(self, data):
        self.answer.append(data)

    def found_terminator(self):
        answer = b"".join(self.answer)
        self.answer = []
        print("answer:", answer.decode())
        if answer == b"again":
            self.hand_over(2)
            self.push(b"that is all\n")
        elif answer == b"parcel":
            self.push_with_producer(Parcel(b"parcel " * 500 + b"\n", buffer_size=1000))
        elif answer == b"bye":
            self.push(b"bye\n")
            self.close_when_done()

    def handle_close(self):
        print("going home")
        self.close()


Courier("127.0.0.1", int(sys.argv[1]), int(sys.argv[2]))
asyncore.loop()
