"""Counts the coins that are thrown in; its own names are those of modules that new code needs."""
import asynchat; import asyncore
import sys
from socket import AF_INET, SOCK_STREAM, socket


def traceback(text):
    print("till:", text)
    sys.stdout.flush()


class Slot(asynchat.async_chat):
    def __init__(self, sock, till):
        asynchat.async_chat.__init__(self, sock)
        self.till = till
        self.digits = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.digits += data

    def found_terminator(self):
        digits, self.digits = self.digits, b""
        self.till.total += int(digits)
        self.push(b"%d in the till\n" % self.till.total)

    def handle_error(self):
        traceback("no coin")
        raise


class Till(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.total = 0
        self.create_socket(AF_INET, SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Slot(sock, self)


with socket(AF_INET, SOCK_STREAM) as probe:
    print(probe.fileno() >= 0)
    sys.stdout.flush()
Till(int(sys.argv[1]))
asyncore.loop()
