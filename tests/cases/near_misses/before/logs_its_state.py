"""A mixin for several families of channels that replaces asyncore's log, and says whether they are connected."""
import asynchat
import asyncore


class Keeping:
    def log_info(self, message, type="info"):
        print(type, message, self.connected)


class Ship(Keeping, asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.push(data)

    def found_terminator(self):
        self.log_info("sails")


class Harbour(Keeping, asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", 8000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Ship(sock)


Harbour()
asyncore.loop()
