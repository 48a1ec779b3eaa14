"""A cabinet of small services, each with a habit of its own, on ports one after the other."""
import asynchat
import asyncore
import io
import pickle
import socket
import subprocess
import sys
import time


class Clocked(asynchat.async_chat, object):
    """Looks commands up in a table, and keeps the time."""

    terminator = b"\n"

    def __init__(self, sock, server):
        asynchat.async_chat.__init__(self, sock)
        self.server = server
        self.since = self.last = time.time()
        self.text = ""
        self.numbers = self.count()

    def collect_incoming_data(self, data):
        self.text += data.decode("latin-1")

    def found_terminator(self):
        self.last = time.time()
        verb, _, rest = self.text.partition(" ")
        self.text = ""
        COMMANDS[verb](self, rest)

    def count(self):
        number = 0
        while True:
            number += 1
            yield number

    def idle(self, rest):
        # a moment must have passed by then
        time.sleep(0.002)
        self.push(b"yes\n" if time.time() > self.last > self.since - 1 else b"no\n")

    def number(self, rest):
        self.push(b"%d %s\n" % (next(self.numbers), rest.encode("latin-1")))

    def where(self, rest):
        host, port = self.socket.getpeername()
        self.push(b"%s\n" % host.encode())

    def run_command(self, rest):
        self.push(subprocess.check_output([sys.executable, "-c", "print(6 * 7)"]))

    def close(self):
        self.server.closed += 1
        print("closed", self.server.closed)
        asynchat.async_chat.close(self)


COMMANDS = {
    "idle": Clocked.idle,
    "number": Clocked.number,
    "where": Clocked.where,
    "run": Clocked.run_command,
}


class Pickled(asynchat.async_chat):
    """Two digits, and so many bytes of a pickle; the answer goes the same way."""

    def __init__(self, sock, server):
        asynchat.async_chat.__init__(self, sock)
        self.parts = []
        self.sized = False
        self.set_terminator(2)

    def collect_incoming_data(self, data):
        self.parts.append(data)

    def found_terminator(self):
        data = b"".join(self.parts)
        self.parts = []
        if not self.sized:
            self.sized = True
            self.set_terminator(int(data))
        else:
            self.sized = False
            self.set_terminator(2)
            answer = pickle.dumps(pickle.loads(data)[::-1], 0)
            self.push(b"%02d" % len(answer))
            self.push(answer)


class Page:
    """A producer that reads a file, counts, and has nothing more to give in the end."""

    printed = 0

    def __init__(self, file):
        self.file = file

    def more(self):
        data = self.file.read(8)
        if not data:
            return None
        Page.printed += 1
        return data


class Framed:
    """A producer around another one."""

    def __init__(self, inner):
        self.inner = inner
        self.log = []

    def more(self):
        data = self.inner.more()
        self.log.append(data)
        return b"<" + data + b">" if data else b""


class Printer(asynchat.async_chat):
    """Prints every order three times over."""

    def __init__(self, sock, server):
        asynchat.async_chat.__init__(self, sock)
        self.order = b""
        self.set_terminator(b"!")

    def collect_incoming_data(self, data):
        self.order += data

    def found_terminator(self):
        order, self.order = self.order, b""
        self.push(b"%d: " % Page.printed)
        self.push_with_producer(Framed(Page(io.BytesIO(order * 3))))
        self.push(b"\n")


class Drawer(asyncore.dispatcher):
    def __init__(self, address, channel):
        asyncore.dispatcher.__init__(self)
        self.channel = channel
        self.closed = 0
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(addr=address)
        self.listen(num=5)

    def handle_accepted(self, sock, addr):
        self.channel(sock, self)


class UnixDrawer(asyncore.dispatcher):
    def __init__(self, path):
        asyncore.dispatcher.__init__(self)
        self.closed = 0
        self.create_socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.bind(addr=path)
        self.listen(num=5)

    def handle_accepted(self, sock, addr):
        Clocked(sock, self)


if __name__ == "__main__":
    ports = [int(word) for word in sys.argv[1:]]
    clocks = Drawer(("127.0.0.1", ports[0]), Clocked)
    pickles = Drawer(("127.0.0.1", ports[1]), channel=Pickled)
    pages = Drawer(("127.0.0.1", ports[2]), Printer)
    local = UnixDrawer("drawer")
    asyncore.loop()
