"""A sorting office: what goes out is sent from lists, in halves, or letter by letter, each clerk after his fashion."""
import asyncore
import struct
import sys
from collections import deque

NAME, NUMBER, DONE = range(3)
LONGEST = 512


class Envelope(asyncore.dispatcher):
    """Puts what it gets into an envelope: the address first, then the letter, and that is all."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.received = b""
        self.address = b""
        self.letter = b""

    def readable(self):
        return not self.letter

    def handle_read(self):
        data = self.recv(1024)
        if not data:
            return
        self.received += data
        if self.received.endswith(b"\n"):
            self.address = b"to: the office\n"
            self.letter = self.received

    def writable(self):
        return len(self.address) + len(self.letter) > 0

    def handle_write(self):
        if self.address:
            sent = self.send(self.address)
            self.address = self.address[sent:]
        elif self.letter:
            sent = self.send(self.letter)
            self.letter = self.letter[sent:]
            if not self.letter:
                self.close()


class Belt(asyncore.dispatcher):
    """Takes one parcel after the other, and holds it until it is gone."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.parcels = deque()
        self.parcel = None
        self.received = b""
        self.weight = 0

    def handle_read(self):
        self.received += self.recv(1024)
        while b";" in self.received:
            name, self.received = self.received.split(b";", 1)
            self.parcels.append(b"[")
            self.parcels.append(name)
            self.parcels.append(b"]")

    def writable(self):
        return self.parcel is not None or len(self.parcels) > 0

    def handle_write(self):
        if self.parcel is None:
            self.parcel = self.parcels.popleft()
        gone = self.send(self.parcel)
        if gone == len(self.parcel):
            self.weight += len(self.parcel)
            self.parcel = None
        else:
            self.parcel = self.parcel[gone:]

    def handle_close(self):
        print("carried", self.weight)
        self.close()


class Sack(asyncore.dispatcher):
    """Empties its sack in one go."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.sack = []
        self.fill(b"empty\n")

    def fill(self, data):
        self.sack.append(data)

    def writable(self):
        return bool(self.sack)

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.fill(data.upper())

    def handle_write(self):
        for piece in self.sack:
            self.send(piece)
        self.sack = []


class Bundle(asyncore.dispatcher):
    """Ties up what it has, and sends that."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.letters = deque()

    def writable(self):
        return len(self.letters) > 0

    def handle_read(self):
        for letter in self.recv(1024).split():
            self.letters.append(letter + b"\n")

    def handle_write(self):
        bundle = b"".join(self.letters)
        self.send(bundle)
        self.letters.clear()


class Chute(asyncore.dispatcher):
    """Never looks whether all has gone down."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.chute = b""

    def writable(self):
        return self.chute != b""

    def handle_read(self):
        self.chute += self.recv(1024)[::-1]

    def handle_write(self):
        self.send(self.chute)
        self.chute = b""


class Cart(asyncore.dispatcher):
    """Says what it unloads."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.cart = deque()
        self.is_full = False

    def readable(self):
        return not self.is_full

    def writable(self):
        return self.is_full

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.cart.append(data)
            self.is_full = data.endswith(b".")

    def handle_write(self):
        for piece in self.cart:
            print("unloads", len(piece) > 0)
            self.send(piece)
        self.cart = deque()
        self.is_full = False


class Clerk(asyncore.dispatcher_with_send):
    """Lets no mistake get out of handle_read()."""

    def __init__(self, sock):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.received = b""

    def handle_read(self):
        try:
            data = self.recv(1024)
            if not data:
                return
            self.received += data
            while b"\n" in self.received:
                line, self.received = self.received.split(b"\n", 1)
                self.send(b"%d grams\n" % int(line))
        except ValueError as error:
            print("no weight", type(error).__name__)

    def handle_close(self):
        print("clerk is free")
        self.close()


class Doorman(asyncore.dispatcher):
    """Says that somebody is there before he looks who it is, even if it was nobody."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.knocks = 0

    def writable(self):
        return False

    def handle_read(self):
        self.knocks += 1
        print("there is somebody")
        try:
            name = self.recv(1024)
        except Exception:
            return
        if name:
            self.send(b"come in, " + name)

    def handle_close(self):
        print("there was nobody", self.knocks > 0)
        self.close()


class Guard(asyncore.dispatcher):
    """Hears nothing, but notes that there was something."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.heard = False

    def writable(self):
        return False

    def handle_read(self):
        self.heard = True
        try:
            self.recv(1024)
        except OSError as error:
            print(error)
            self.close()

    def handle_close(self):
        print("heard something:", self.heard)
        self.close()


class Scales(asyncore.dispatcher):
    """Weighs what goes out, however it does."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.weight = 0

    def writable(self):
        return False

    def handle_read(self):
        data = self.recv(1024)
        if not data:
            return
        self.send_whole(b"[" + data)
        self.send_by_and_by(data + b"]")
        self.weight += self.send(b"\n")
        sent = self.send(data[::-1] + b"\n")
        print("sent", sent)

    def send_whole(self, data):
        while data:
            sent = self.send(data)
            data = data[sent:]

    def send_by_and_by(self, data):
        total = 0
        while total < len(data):
            sent = self.send(data[total:])
            if sent == 0:
                raise RuntimeError("nobody takes it")
            total += sent

    def handle_close(self):
        print("weighed", self.weight)
        self.close()


class File(asyncore.dispatcher):
    """Knows how far it has come with what it sends."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.pages = b""
        self.at = 0

    def writable(self):
        return self.at < len(self.pages)

    def handle_read(self):
        if self.recv(1) == b"p":
            self.pages += b"page " * 1000

    def handle_write(self):
        sent = self.send(self.pages[self.at : self.at + 512])
        self.at += sent


class Slot(asyncore.dispatcher):
    """Takes letters through a slot: first how long one is, then the letter, never more than that at once."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.head = b""
        self.length = None
        self.letter = b""
        self.letters = 0

    def writable(self):
        return False

    def handle_read(self):
        if self.length is None:
            self.head += self.recv(2 - len(self.head))
            if len(self.head) == 2:
                self.length = struct.unpack(">h", self.head)[0]  # below zero, and nothing can be received
                self.head = b""
        else:
            self.letter += self.recv(self.length - len(self.letter))
            if len(self.letter) == self.length:
                self.letters += 1
                print("letter", self.letters, self.letter)
                self.send(b"thanks for %d\n" % len(self.letter))
                self.letter = b""
                self.length = None

    def handle_close(self):
        print("slot shut")
        self.close()


class Hopper(asyncore.dispatcher):
    """Takes all there is before it looks at it."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.grains = []
        self.flour = b""

    def handle_read(self):
        while True:
            try:
                grains = self.recv(16)
            except BlockingIOError:
                break
            if not grains:
                break
            self.grains.append(grains)
        heap = b"".join(self.grains)
        if heap.endswith(b"\n"):
            self.grains = []
            self.flour += heap.replace(b"o", b".")

    def writable(self):
        return len(self.flour) > 0

    def handle_write(self):
        sent = self.send(self.flour)
        self.flour = self.flour[sent:]

    def handle_close(self):
        print("hopper empty")
        self.close()


class Funnel(asyncore.dispatcher_with_send):
    """Does the same with less."""

    def __init__(self, sock):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.buffer = bytearray()

    def handle_read(self):
        try:
            while True:
                data = self.recv(8)
                self.buffer.extend(data)
                if len(data) < 8:
                    break
        except OSError:
            pass
        while b"\n" in self.buffer:
            line, self.buffer = self.buffer.split(b"\n", 1)
            self.send(line.upper() + b"\n")


class Echo(asyncore.dispatcher_with_send):
    """Never asks whether there was anything; then send() tells it once more that nobody is there."""

    def handle_read(self):
        self.send(self.recv(1024))

    def handle_close(self):
        print("the echo is gone")
        self.close()


class Initial(asyncore.dispatcher):
    """Wants the first letter, of nothing as well."""

    def handle_read(self):
        data = self.recv(1024)
        print("begins with", data[0] > 0)
        self.send(data[:1])

    def writable(self):
        return False

    def handle_close(self):
        print("no letter")
        self.close()


class Stamp(asyncore.dispatcher):
    """Is always ready, looks then whether there is anything, and takes offence at what is too long."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.letters = deque()

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.letters.append(data)

    def handle_write(self):
        if not self.letters:
            return
        letter = self.letters.popleft()
        if len(letter) > 100:
            raise ValueError("too long for a stamp")
        self.send(letter)


class Circular(asyncore.dispatcher):
    """Hands on what it reads to all others, who would take offence at what is longer than anybody can read."""

    readers = []

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.pages = deque()
        self.readers.append(self)

    def handle_read(self):
        page = self.recv(LONGEST)
        for reader in self.readers:
            if reader is not self:
                reader.hand(page)

    def hand(self, page):
        self.pages.append(page)

    def handle_write(self):
        if not self.pages:
            return
        page = self.pages.popleft()
        if len(page) > LONGEST:
            raise ValueError("who is to read that?")
        self.send(page)


class Inquiries(asyncore.dispatcher):
    """Finds the answer when it is to be sent."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.heard = b""
        self.questions = []

    def writable(self):
        return bool(self.questions)

    def handle_read(self):
        self.heard += self.recv(1024)
        *questions, self.heard = self.heard.split(b"?")
        self.questions.extend(questions)

    def handle_write(self):
        question = self.questions.pop(0)
        self.send(self.answer(question.strip().lower()) + b".\n")

    def answer(self, question):
        return b"there" if question.startswith(b"where") else struct.pack("4s", b"soon")


class Register(asyncore.dispatcher_with_send):
    """Takes a name, letter by letter, and a number."""

    def __init__(self, sock):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.state = NAME
        self.name = b""

    def handle_read(self):
        if self.state == NAME:
            letter = self.recv(1)
            if letter == b":":
                self.state = NUMBER
            self.name += letter
        elif self.state == NUMBER:
            number = self.recv(2)
            self.send(self.name + number + b"\n")
            self.state = DONE
        else:
            self.recv(1024)


class Desk(asyncore.dispatcher):

    def __init__(self, port, make):
        asyncore.dispatcher.__init__(self)
        self.make = make
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.make(sock)


for port, make in zip(sys.argv[1:], [
    Envelope, Belt, Sack, Bundle, Chute, Cart, Clerk, Doorman, Guard, Scales, File, Slot, Hopper, Funnel,
    Echo, Initial, Stamp, Inquiries, Register, Circular,
]):
    Desk(int(port), make)
asyncore.loop()
