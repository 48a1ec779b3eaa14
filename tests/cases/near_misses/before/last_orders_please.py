"""All are told to go, one after the other, and whoever goes tells the others: they are still there, and may hear it."""
import asynchat
import asyncore


class Guest(asynchat.async_chat):
    def __init__(self, sock, pub):
        asynchat.async_chat.__init__(self, sock)
        self.pub = pub
        self.words = []
        self.set_terminator(b"\n")
        pub.guests.append(self)

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        words = b"".join(self.words)
        self.words = []
        if words == b"time":
            self.pub.shut()
        else:
            self.tell(words)

    def tell(self, words):
        for guest in self.pub.guests:
            if guest is not self:
                guest.push(words + b"\n")

    def handle_close(self):
        self.tell(b"one goes")
        self.pub.guests.remove(self)
        self.close()


class Pub(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(sock, self)

    def shut(self):
        self.close()
        for guest in self.guests:
            guest.push(b"last orders\n")
            guest.close_when_done()


Pub(7000)
asyncore.loop()
