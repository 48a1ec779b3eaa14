"""A club: guests talk, leave of their own accord, or throw everybody else out."""
import asynchat
import asyncore
import sys


class Guest(asynchat.async_chat):
    def __init__(self, sock, club):
        asynchat.async_chat.__init__(self, sock)
        self.club = club
        self.words = b""
        self.set_terminator(b"\n")
        club.guests.append(self)

    def collect_incoming_data(self, data):
        self.words += data

    def found_terminator(self):
        words, self.words = self.words, b""
        if words == b"out with you":
            for guest in list(self.club.guests):
                if guest is not self:
                    guest.handle_close()
            self.push(b"all mine\n")
        elif words == b"bye":
            self.handle_close()
        else:
            print("somebody says", words.decode())
            for guest in self.club.guests:
                guest.push(words + b"\n")

    def handle_close(self):
        if self in self.club.guests:
            self.club.guests.remove(self)
        self.close()


class Club(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock, self)


Club(int(sys.argv[1]))
asyncore.loop()
