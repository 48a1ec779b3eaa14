"""handle_close() says goodbye to the peer by another name of push()."""
import asynchat
import asyncore


class Waiter(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.order = b""
        self.say = self.push
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.order += data

    def found_terminator(self):
        order, self.order = self.order, b""
        self.push(order + b", at once\n")
        if order == b"the bill":
            self.close_when_done()

    def handle_close(self):
        self.say(b"goodbye\n")
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
