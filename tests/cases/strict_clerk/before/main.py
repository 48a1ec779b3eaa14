"""Any error ends the program, but for those that are only worth a line. Urgent data is noted, but not read."""

import asynchat
import asyncore
import socket
import sys


class Clerk(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.ledger = self.keep_ledger()
        next(self.ledger)
        self.set_terminator(b"\n")

    def keep_ledger(self):
        """Add up, line by line."""
        total, line = 0, None
        while True:
            line = yield b"%d\n" % total
            total += int(line)

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(self.ledger.send(line))

    def handle_expt(self):
        print("urgent", flush=True)

    def handle_error(self):
        if sys.exc_info()[0] is not StopIteration:
            print("this must not happen", flush=True)
            raise
        print("once is enough", flush=True)
        self.close()


class Office(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Clerk(sock)


office = Office(int(sys.argv[1]))
asyncore.loop()
