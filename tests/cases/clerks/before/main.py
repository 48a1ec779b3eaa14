import asynchat
import asyncore
import sys

from duties import Notes, Sums


class Clerk(Notes, Sums, asynchat.async_chat):
    name = "clerk"

    def __init__(self, sock):
        super().__init__(sock)
        self.line = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.line += data

    def found_terminator(self):
        verb, _, rest = self.line.decode().partition(" ")
        self.line = b""
        self.note(verb)
        getattr(self, "do_" + verb, self.puzzled)(rest)

    def puzzled(self, rest):
        self.push(b"pardon?\n")


class Porter(Notes):
    name = "porter"


class Office(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.porter = Porter()
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.porter.note("visitor")
        Clerk(sock)


offices = [Office(int(port)) for port in sys.argv[1:]]
asyncore.loop()
