"""Who adds to everybody's output looks at their own, too."""
from asyncore_bridge import asyncore


class Guest(asyncore.dispatcher):
    def __init__(self, sock, guests):
        asyncore.dispatcher.__init__(self, sock)
        self.guests = guests
        self.words = b""

    def writable(self):
        return len(self.words) > 0

    def handle_read(self):
        data = self.recv(1024)
        for guest in self.guests:
            guest.words += data
        if not self.words:
            print("nobody is there")

    def handle_write(self):
        sent = self.send(self.words)
        self.words = self.words[sent:]

    def handle_close(self):
        self.guests.remove(self)
        self.close()


class Party(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.guests.append(Guest(sock, self.guests))


Party(7000)
asyncore.loop()
