"""A post office: every counter has its own way to write, and most close when all is said."""
import asyncore
import collections
import io
import logging
import sys

log = logging.getLogger("counters")

LIMIT = 65536
SHELF = {b"forms": b"form " * 30000, b"stamps": b"stamp"}


def written(speech):
    return speech.decode("ascii", "replace").strip()


class Window(asyncore.dispatcher):
    """Answers one question, and closes when the answer has gone out."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.question = b""
        self.answer = b""
        self.answered = False

    def readable(self):
        return not self.answered

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.question += data
            if self.question.endswith(b"?"):
                self.answer = b"no, not " + self.question[:-1] + b"\n"
                self.answered = True

    def writable(self):
        return len(self.answer) > 0

    def handle_write(self):
        sent = self.send(self.answer)
        self.answer = self.answer[sent:]
        if len(self.answer) == 0:
            self.close()


class Scales(asyncore.dispatcher):
    """Adds up, line by line; has a list of pieces to send."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.total = 0
        self.received = b""
        self.to_send = [b"grams?\n"]
        self.closing_down = False

    def writable(self):
        return bool(self.to_send) or self.closing_down

    def handle_write(self):
        if self.to_send:
            piece = self.to_send.pop(0)
            sent = self.send(piece)
            if sent < len(piece):
                self.to_send.insert(0, piece[sent:])
            elif not self.to_send:
                log.debug("said all")
        elif self.closing_down:
            print("weighed", self.total)
            self.close()

    def handle_read(self):
        data = self.recv(1024)
        if not data:
            return
        self.received += data
        while b"\n" in self.received:
            line, self.received = self.received.split(b"\n", 1)
            if line:
                self.total += int(line)
                self.to_send.append(b"%d so far\n" % self.total)
            else:
                self.closing_down = True


class Store(asyncore.dispatcher):
    """Fetches one thing from the shelf and sends it piece by piece."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.wish = b""
        self.thing = None
        self.piece = b""

    def readable(self):
        return self.thing is None

    def handle_read(self):
        data = self.recv(256)
        if not data:
            return
        self.wish += data
        if self.wish.endswith(b"\n"):
            if self.wish.strip() not in SHELF:
                self.close()
                return
            self.thing = io.BytesIO(SHELF[self.wish.strip()])

    def writable(self):
        return self.thing is not None

    def handle_write(self):
        if not self.piece:
            self.piece = self.thing.read(4096)
            if not self.piece:
                self.close()
                return
        sent = self.send(self.piece)
        self.piece = self.piece[sent:]


class Notices(asyncore.dispatcher):
    """Reads out what it has, and listens to nobody."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.notices = iter([b"closed on sundays\n", b"no dogs\n"])

    def readable(self):
        return False

    def handle_write(self):
        try:
            self.send(next(self.notices))
        except StopIteration:
            print("read out")
            self.close()


class Telegraph(asyncore.dispatcher):
    """Sends back what it gets, upside down; does not read while too much is unsent."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.wire = collections.deque()

    def readable(self):
        return len(self.wire) < LIMIT

    def writable(self):
        return len(self.wire) > 0

    def handle_read(self):
        data = self.recv(8192)
        if data:
            self.wire.append(data[::-1])

    def handle_write(self):
        piece = self.wire[0]
        sent = self.send(piece)
        if sent < len(piece):
            self.wire[0] = piece[sent:]
        else:
            self.wire.popleft()

    def handle_close(self):
        print("cut off")
        self.close()


class Typist(asyncore.dispatcher):
    """Types what it is told to, into a bytearray."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.paper = bytearray()
        self.type(b"go on\n")

    def type(self, data):
        self.paper.extend(data)

    def writable(self):
        return bool(self.paper)

    def handle_read(self):
        data = self.recv(8192)
        if data:
            self.type(data.upper())

    def handle_write(self):
        typed = self.send(self.paper)
        del self.paper[:typed]


class Pigeonhole(asyncore.dispatcher_with_send):
    """Keeps what it gets, and tells at the end, though nobody is there to hear."""

    def __init__(self, sock):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.kept = []

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.kept.append(data)
            self.send(b"kept\n")
            if data.endswith(b"."):
                self.close()
        else:
            print("kept", sys.getsizeof(self.kept) > 0, b"".join(self.kept).decode())
            self.close()


class Herald(asyncore.dispatcher):
    """Has something to say before anything has come, and joins what it says then."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.speech = bytearray(b"hear, hear\n")
        self.heard = b""

    def writable(self):
        return len(self.speech) > 0

    def handle_read(self):
        self.heard += self.recv(1024)
        while b"\n" in self.heard:
            line, self.heard = self.heard.split(b"\n", 1)
            self.speech += line.title() + b"!\n"

    def handle_write(self):
        said = self.send(bytes(self.speech))
        del self.speech[:said]


class Queue(asyncore.dispatcher):
    """Sends a list in one go; a number at a time, as many as one wants, and hangs up."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.waiting = []
        self.asked = b""
        self.last = False

    def writable(self):
        return self.waiting or self.last

    def handle_read(self):
        data = self.recv(64)
        if data:
            self.asked += data
            if self.asked.endswith(b"\n"):
                self.waiting.extend(b"%d " % number for number in range(int(self.asked)))
                self.last = True

    def handle_write(self):
        while self.waiting:
            number = self.waiting.pop(0)
            sent = self.send(number)
            if sent < len(number):
                self.waiting.insert(0, number[sent:])
                return
        if self.last:
            self.close()


class Teller(asyncore.dispatcher_with_send):
    """Closes once out_buffer is empty."""

    def __init__(self, sock):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.out_buffer = b"account?\n"
        self.told = False

    def handle_read(self):
        account = self.recv(1024)
        if account and not self.told:
            self.send(account.rstrip() * 50000 + b"\n")
            self.told = True

    def writable(self):
        return self.told or len(self.out_buffer) > 0

    def handle_write(self):
        asyncore.dispatcher_with_send.handle_write(self)
        if self.told and not self.out_buffer:
            print("told")
            self.close()


class Sorter(asyncore.dispatcher):
    """Takes letters in at one end of a list and out at the other, a few bytes at a time."""

    width = 8

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.shelf = []
        self.sorted = 0

    def writable(self):
        waits = bool(self.shelf)
        log.debug("writable: %s", waits)
        return waits

    def handle_read(self):
        letters = self.recv(256)
        self.shelf.insert(0, letters)

    def handle_write(self):
        letters = self.shelf.pop()
        sent = self.send(letters[: self.width])
        if sent < len(letters):
            rest = letters[sent:]
            self.shelf.append(rest)
        log.debug("sent %d: %r", sent, letters[:sent])

    def handle_close(self):
        print("sorted all")
        self.close()


class Caller(asyncore.dispatcher):
    """Calls out what others post; keeps the last, unfinished line."""

    callers = []

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.rest = b""
        self.calls = collections.deque()
        self.callers.append(self)

    def writable(self):
        return len(self.calls) != 0

    def handle_read(self):
        self.rest += self.recv(1024)
        lines = self.rest.split(b"\n")
        self.rest = lines[-1]
        for line in lines[:-1]:
            for caller in self.callers:
                caller.call(line)

    def call(self, line):
        self.calls.append(line + b"!")

    def handle_write(self):
        while self.calls:
            call = self.calls.popleft()
            sent = self.send(call)
            if sent < len(call):
                self.calls.appendleft(call[sent:])
                break


class Tank(asyncore.dispatcher):
    """Lets nothing in while it is full, until it is nearly empty."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.level = bytearray()
        self.is_full = False

    def readable(self):
        return not self.is_full

    def writable(self):
        return bool(self.level)

    def handle_read(self):
        data = self.recv(4096)
        if data:
            self.level += data
            self.is_full = len(self.level) > 8192

    def handle_write(self):
        sent = self.send(self.level[:2048])
        del self.level[:sent]
        if self.is_full and len(self.level) < 1024:
            self.is_full = False


class Crier(asyncore.dispatcher):
    """Cries out what it hears, in short breaths, of which it keeps a log."""

    breath = 8

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.speech = b"oyez\n"
        self.heard = b""

    def readable(self):
        log.debug("listening")
        return True

    def writable(self):
        speaks = len(self.speech) > 0
        if speaks:
            log.debug("will speak: %s", speaks)
        return speaks

    def handle_read(self):
        self.heard += self.recv(1024)
        while b"\n" in self.heard:
            line, self.heard = self.heard.split(b"\n", 1)
            self.speech += line.title() + b"!\n"

    def handle_write(self):
        log.debug("has to say: %s", self.speech)
        said = self.send(self.speech[:self.breath])
        log.debug("said %d: %s", said, written(self.speech[:said]))
        self.speech = self.speech[said:]


class Counter(asyncore.dispatcher):

    def __init__(self, port, make):
        asyncore.dispatcher.__init__(self)
        self.make = make
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.make(sock)


ports = [int(port) for port in sys.argv[1:]]
Counter(ports[0], Window)
Counter(ports[1], Scales)
Counter(ports[2], Store)
Counter(ports[3], Notices)
Counter(ports[4], Telegraph)
Counter(ports[5], Typist)
Counter(ports[6], Pigeonhole)
Counter(ports[7], Herald)
Counter(ports[8], Queue)
Counter(ports[9], Teller)
Counter(ports[10], Sorter)
Counter(ports[11], Caller)
Counter(ports[12], Tank)
Counter(ports[13], Crier)
asyncore.loop()
