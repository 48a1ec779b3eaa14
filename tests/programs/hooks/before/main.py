"""Says what happens to its channels, and in which order.

A server on the first port, and a client to the second, which is told on the server what to do:
    dial      connect          tell TEXT    send a line
    drop      close            fail         raise in the client's handle_read
"""
import asynchat
import asyncore
import sys


def say(channel, what):
    print("%s %s connected=%s" % (channel.label, what, channel.connected))


class Telling(asyncore.dispatcher):

    label = "client"

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.out = b""
        self.failing = False
        self.create_socket()
        say(self, "made")
        self.connect(address)

    def handle_connect(self):
        say(self, "handle_connect")

    def handle_read(self):
        if self.failing:
            self.failing = False
            raise LookupError("as asked")
        data = self.recv(100)
        say(self, "handle_read %r" % data)

    def writable(self):
        return not self.connected or bool(self.out)

    def handle_write(self):
        sent = self.send(self.out)
        say(self, "handle_write %d" % sent)
        self.out = self.out[sent:]

    def handle_close(self):
        say(self, "handle_close")
        self.close()

    def handle_error(self):
        say(self, "handle_error %s" % sys.exc_info()[0].__name__)
        if not self.connected:
            self.close()

    def close(self):
        say(self, "close")
        asyncore.dispatcher.close(self)


class Session(asynchat.async_chat):

    label = "session"
    client = None
    closings = 0

    def __init__(self, sock, address):
        asynchat.async_chat.__init__(self, sock)
        self.address = address
        self.line = b""
        self.set_terminator(b"\n")
        say(self, "made")

    def collect_incoming_data(self, data):
        self.line += data

    def found_terminator(self):
        line, self.line = self.line.decode(), b""
        word, _, rest = line.partition(" ")
        if word == "dial":
            Session.client = Telling(self.address)
        elif word == "tell":
            self.client.out += rest.encode() + b"\n"
        elif word == "drop":
            self.client.close()
        elif word == "fail":
            self.client.failing = True
        elif word == "half":
            self.push(b"half a ")
            self.close()
            self.push(b"sentence\n")
        else:
            raise ValueError(word)
        if self.connected:
            self.push(b"ok\n")

    def handle_close(self):
        self.closings += 1
        say(self, "handle_close %d with %r left" % (self.closings, self.line))
        if self.closings == 1:
            self.push(b"farewell\n")
            self.close_when_done()
        else:
            self.close()

    def log_info(self, message, type="info"):
        print("log %s: %s" % (type, message.split(" at 0x")[0].replace("\n", " ")))


class Switchboard(asyncore.dispatcher):

    label = "listener"

    def __init__(self, port, far_port):
        asyncore.dispatcher.__init__(self)
        self.far = ("127.0.0.1", far_port)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, address):
        say(self, "handle_accepted")
        Session(sock, self.far)


Switchboard(int(sys.argv[1]), int(sys.argv[2]))
asyncore.loop()
