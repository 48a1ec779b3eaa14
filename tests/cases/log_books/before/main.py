"""Harbour and ships keep their log books in the same way, and so does the harbour master, who is no channel at all."""
import asynchat
import asyncore
import sys

from books import Keeping


class Ship(Keeping, asynchat.async_chat):
    def __init__(self, sock, master):
        asynchat.async_chat.__init__(self, sock)
        self.master = master
        self.received = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        line = b"".join(self.received)
        self.received = []
        self.log("heard " + line.decode())
        self.push(b"aye, " + line + b"\n")
        if line == b"sail":
            self.log_info("sails", "warning")
            self.close_when_done()

    def handle_close(self):
        self.master.note(self)
        self.close()


class Harbour(Keeping, asyncore.dispatcher):
    def __init__(self, port, master):
        asyncore.dispatcher.__init__(self)
        self.master = master
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)
        self.log_info("open")

    def handle_accepted(self, sock, addr):
        self.log("a ship from " + addr[0])
        Ship(sock, self.master)


class Master(Keeping):
    def __init__(self):
        self.gone = 0

    def note(self, ship):
        self.gone += 1
        self.log("%d gone" % self.gone)


if __name__ == "__main__":
    harbour = Harbour(int(sys.argv[1]), Master())
    asyncore.loop()
