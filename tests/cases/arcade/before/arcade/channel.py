"""One end of a connection, of a server's or a client's: whoever derives from it says which words it knows."""
import asynchat


class Channel(asynchat.async_chat):
    line_end = b"\n"

    def __init__(self, conn=None, addr=(), server=None, map=None):
        if conn is not None:
            asynchat.async_chat.__init__(self, conn, map=map)
        else:
            asynchat.async_chat.__init__(self, map=map)
        self.addr = addr
        self.server = server
        self.received = b""
        self.set_terminator(self.line_end)

    def collect_incoming_data(self, data):
        self.received += data

    def found_terminator(self):
        line = self.received.decode()
        self.received = b""
        word, _, rest = line.partition(" ")
        method = getattr(self, "do_" + word, None)
        if method is None:
            self.say("what is " + word)
        else:
            method(rest)

    def say(self, text):
        self.push(text.encode() + self.line_end)
