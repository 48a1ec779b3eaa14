import asynchat
import asyncore
import sys


class Craft(asynchat.async_chat):
    """Works through orders, line by line."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.order = []
        self.set_terminator(b"\n")
        self.push_with_producer(asynchat.simple_producer(b"open\n"))

    def collect_incoming_data(self, data):
        self.order.append(data)

    def found_terminator(self):
        order = b"".join(self.order)
        self.order = []
        if order == b"stop":
            self.close()
        elif order == b"enough":
            self.push(b"goodbye\n")
            self.close_when_done()
        elif order == b"hours":
            asynchat.async_chat.push(self, b"all day\n")
        else:
            self.work(order)


class Baker(Craft):
    """Says what becomes of things."""

    def work(self, order):
        self.push(b"%d loaves\n" % int(order))

    def push(self, data):
        print("baker sends", len(data), flush=True)
        super().push(data)

    def handle_error(self):
        print("baker erred", flush=True)
        self.handle_close()

    def handle_close(self):
        print("baker done", flush=True)
        self.close()


class Smith(Craft):
    """Leaves all that to the base class."""

    def work(self, order):
        self.push(b"%d nails\n" % int(order))


class Shop(asyncore.dispatcher):
    craft = Smith

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.craft(sock)


class Bakery(Shop):
    craft = Baker


if __name__ == "__main__":
    Bakery(int(sys.argv[1]))
    Shop(int(sys.argv[2]))
    asyncore.loop()
