"""A town hall: every door is opened in another way, and visitors are led in by whoever is there."""
import asyncore
import os
import socket
import sys


class Refused(Exception):
    pass


class Visitor(asyncore.dispatcher_with_send):
    """Is told its number, and gets everything back."""

    def __init__(self, sock, number):
        if number > 2:
            raise Refused("no room for %d" % number)
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.send(b"number %d\n" % number)

    def handle_read(self):
        data = self.recv(1024)
        if data:
            self.send(data)


class Clerk(asyncore.dispatcher_with_send):
    """Adds numbers; the last line may be a part of one."""

    def __init__(self, sock, addr):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.host = addr[0]
        self.rest = b""

    def handle_read(self):
        self.rest += self.recv(1024)
        lines = self.rest.split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            self.send(b"%d\n" % sum(int(word) for word in line.split()))


class Listener(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)


class FrontDoor(Listener):
    """Asks a method of its own for the visitor, and goes away after the second."""

    def __init__(self, port):
        Listener.__init__(self, port)
        self.visitors = []

    def handle_accepted(self, sock, addr):
        visitor = self.make_visitor(sock)
        self.visitors.append(visitor)
        if len(self.visitors) == 2:
            print("front door closed")
            self.close()

    def make_visitor(self, sock):
        return Visitor(sock, len(self.visitors) + 1)


class BackDoor(asyncore.dispatcher):
    """Has a method that leads visitors in; listens on a path, or on a port, once it is told to."""

    def __init__(self, where):
        asyncore.dispatcher.__init__(self)
        self.where = where
        self.clerks = {}

    def start(self):
        if self.where.startswith("/"):
            if os.path.exists(self.where):
                os.unlink(self.where)
            self.create_socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.bind(self.where)
        else:
            self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
            self.set_reuse_addr()
            self.bind(("127.0.0.1", int(self.where)))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            self.lead_in(*pair)

    def lead_in(self, sock, addr):
        clerk = Clerk(sock, addr)
        self.clerks[len(self.clerks)] = clerk
        clerk.send(b"clerk %d\n" % len(self.clerks))


class SideDoor(Listener):
    """Turns away visitors who cannot be made."""

    def __init__(self, port):
        Listener.__init__(self, port)
        self.visitors = 0

    def handle_accepted(self, sock, addr):
        self.visitors += 1
        try:
            visitor = Visitor(sock, self.visitors)
            print("welcome", self.visitors)
        except Refused as error:
            print("refused:", error)
            sock.close()


class Window(asyncore.dispatcher):
    """Answers datagrams, and does not mind those that make no sense."""

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))
        self.answers = [(("127.0.0.1", port), b"7")]
        self.sum = 0

    def handle_connect(self):
        print("never called")

    def handle_error(self):
        print("what?", sys.exc_info()[1])

    def handle_read(self):
        data, (host, port) = self.socket.recvfrom(512)
        self.sum += int(data)
        print("sum", self.sum)
        if self.sum > 7:
            self.answers.append(((host, port), b"%d" % self.sum))

    def writable(self):
        return len(self.answers) > 0

    def handle_write(self):
        address, answer = self.answers.pop(0)
        self.socket.sendto(answer, address)


front, back, side, window = sys.argv[1:]
FrontDoor(int(front))
door = BackDoor(back)
door.start()
SideDoor(int(side))
Window(int(window))
asyncore.loop()
