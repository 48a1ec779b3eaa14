"""Who has gone, and is sent something all the same, ends the session of who said it: a writer would not."""
import asynchat
import asyncore

guests = []


class Guest(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        for guest in guests:
            guest.send(line + b"\n")


class Party(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        guests.append(sock)
        Guest(sock)


Party(7000)
asyncore.loop()
