import asynchat
import asyncore
import sys

from duties import Lines, Notes, Numbered, Sums


class Clerk(Numbered, Notes, Lines, Sums, asynchat.async_chat):
    name = "clerk"

    def __init__(self, sock):
        super().__init__(sock, prefix="c")

    def heard(self, verb, rest):
        self.note(verb)
        getattr(self, "do_" + verb, self.puzzled)(rest)

    def puzzled(self, rest):
        self.push(b"pardon?\n")

    def do_who(self, rest):
        self.push(self.number.encode() + b"\n")


class Porter(Notes):
    name = "porter"


class Office(Numbered, asyncore.dispatcher):
    def __init__(self, port):
        super().__init__(prefix="room ")
        self.porter = Porter()
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.porter.note("visitor to " + self.number)
        Clerk(sock)


offices = [Office(int(port)) for port in sys.argv[1:]]
asyncore.loop()
