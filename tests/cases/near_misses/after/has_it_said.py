"""handle_close() has somebody else say goodbye to the peer, which close_when_done() leaves there until then."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Doorman:
    def show_out(self, whom, how):
        whom.push(how + b"\n")


doorman = Doorman()


class Waiter(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.order = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.order += data

    def found_terminator(self):
        order, self.order = self.order, b""
        self.push(order + b", at once\n")
        if order == b"the bill":
            self.close_when_done()

    def handle_close(self):
        doorman.show_out(self, b"goodbye")
        self.close()


class Tavern(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Waiter(sock)


Tavern(7000)
asyncore.loop()
