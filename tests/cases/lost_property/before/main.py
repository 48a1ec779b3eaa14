"""Lost property: a flag says that there is something to hand out, a note is made of all that goes, and one asks."""
import asyncore
import collections
import sys


class Shelf(asyncore.dispatcher):
    """Says with a flag that it has something, and asks for that more than once."""

    def __init__(self, sock):
        self.found = b""
        self.is_open = False
        self.handed = 0
        asyncore.dispatcher.__init__(self, sock)

    def readable(self):
        return True

    def writable(self):
        return self.is_open

    def handle_read(self):
        data = self.recv(64)
        if data:
            self.found += data.upper()
            self.is_open = True

    def handle_write(self):
        if self.found:
            sent = self.send(self.found)
            self.handed += sent
            self.found = self.found[sent:]
        else:
            print("nothing here")
        if len(self.found) == 0:
            self.is_open = False

    def handle_close(self):
        print("handed out", self.handed)
        self.close()


class Clerk(asyncore.dispatcher):
    """Makes a note of all before it goes."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.things = collections.deque()
        self.heard = b""
        self.written = 0

    def writable(self):
        return len(self.things) > 0

    def handle_read(self):
        self.heard += self.recv(64)
        *things, self.heard = self.heard.split(b"\n")
        self.things.extend(things)

    def handle_write(self):
        self.note(len(self.things))
        thing = self.things.popleft()
        self.send(b"%d: %s\n" % (self.written, thing))

    def note(self, waiting):
        self.written += 1
        print("note", self.written)


class Inquirer(asyncore.dispatcher):
    """Puts its question together, step by step."""

    def __init__(self, address, what):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.connect(address)
        self.question = "have you seen my %s" % what
        if what.endswith("s"):
            self.question += ", both of them"
        self.question = (self.question + "?\n").encode("ascii")

    def writable(self):
        return len(self.question) > 0

    def handle_read(self):
        print("answer:", self.recv(64).decode("ascii").strip())

    def handle_write(self):
        sent = self.send(self.question)
        self.question = self.question[sent:]


class Office(asyncore.dispatcher):
    def __init__(self, port, make):
        asyncore.dispatcher.__init__(self)
        self.make = make
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.make(sock)


if __name__ == "__main__":
    Office(int(sys.argv[1]), Shelf)
    Office(int(sys.argv[2]), Clerk)
    Inquirer(("127.0.0.1", int(sys.argv[3])), "gloves")
    asyncore.loop()
