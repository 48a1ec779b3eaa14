"""Others add to what is to be sent, by its name in a string."""
import asyncore


class Guest(asyncore.dispatcher):
    def __init__(self, sock, guests):
        asyncore.dispatcher.__init__(self, sock)
        self.guests = guests
        self.words = []

    def writable(self):
        return bool(self.words)

    def handle_read(self):
        data = self.recv(1024)
        for guest in self.guests:
            getattr(guest, "words").append(data)

    def handle_write(self):
        self.send(self.words.pop(0))

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
