"""An archive: `get NAME` answers with a heading, the text block by block, and a footer."""
import asynchat
import asyncore
import sys

TEXTS = {"note": b"milk, bread", "book": b"It was a dark and stormy night. " * 100_000}


class Blocks:
    """A text in blocks of a given size."""

    def __init__(self, text, size):
        self.text = text
        self.size = size
        self.at = 0

    def more(self):
        block = self.text[self.at:self.at + self.size]
        self.at += self.size
        return block


class Archivist(asynchat.async_chat):

    def __init__(self, sock, served):
        asynchat.async_chat.__init__(self, sock)
        self.served = served
        self.order = []
        self.short = {"n": self.do_names, "g": self.do_get}
        self.set_terminator(b"\r\n")
        self.push(b"+ archive\r\n")

    def collect_incoming_data(self, data):
        self.order.append(data)

    def found_terminator(self):
        words = b"".join(self.order).decode("ascii").split()
        self.order = []
        if not words:
            return
        if words[0] in self.short:
            self.short[words[0]](*words[1:])
        else:
            self.obey(*words)

    def obey(self, word, *rest):
        name = f"do_{word}"
        if not hasattr(self, name):
            self.push(b"- what?\r\n")
            return
        command = getattr(self, name)
        try:
            command(*rest)
        except TypeError:
            self.push(b"- how?\r\n")

    def do_names(self):
        for name in sorted(TEXTS):
            self.push(name.encode() + b"\r\n")

    def do_get(self, name, size="512"):
        if name in TEXTS:
            self.served.append(name)
            self.give(TEXTS[name], int(size))
        else:
            self.push(b"- no such text\r\n")

    def give(self, text, size):
        self.push(b"+ %d\r\n" % len(text))
        self.push_with_producer(Blocks(text, size))
        self.push_with_producer(Blocks(b"\r\n--\r\n", 3))

    def do_served(self):
        self.push(b"%d\r\n" % len(self.served))

    def do_bye(self):
        self.push(b"+ bye\r\n")
        self.close_when_done()

    do_quit = do_bye


class Porter(asynchat.async_chat):
    """Some of what he is told to do is nothing but to let somebody go."""

    def __init__(self, sock, served):
        asynchat.async_chat.__init__(self, sock)
        self.served = served
        self.heard = b""
        self.orders = {
            b"hours": lambda: self.push(b"9 to 5\n"),
            b"busy": self.do_busy,
            b"bye": self.close_when_done,
            b"out": self.close,
        }
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.heard += data

    def found_terminator(self):
        order, self.heard = self.heard, b""
        self.push(b"+\n")
        self.orders.get(order, self.close_when_done)()

    def do_busy(self):
        self.push(b"%d\n" % len(self.served))

    def handle_close(self):
        print("let go", flush=True)
        self.close()


class Archive(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.served = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Archivist(sock, self.served)


class Gate(Archive):
    def handle_accepted(self, sock, addr):
        Porter(sock, self.served)


if __name__ == "__main__":
    Archive(int(sys.argv[1]))
    Gate(int(sys.argv[2]))
    asyncore.loop()
