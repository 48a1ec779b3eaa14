"""Errors are reported in several ways, all of which end the connection."""

import asynchat
import asyncore
import socket
import sys


class Clerk(asynchat.async_chat):
    def __init__(self, sock, desk):
        asynchat.async_chat.__init__(self, sock)
        self.desk = desk
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(b"%d\n" % int(line))

    def handle_close(self):
        print("clerk goes", flush=True)
        self.close()


class Reports:
    """Says what went wrong, and whose fault it was: doors make none."""

    def handle_error(self):
        nil, t, v, tbinfo = asyncore.compact_traceback()
        if t is KeyboardInterrupt:
            raise
        print(type(self).__name__.lower() + ":", t.__name__, tbinfo.count("|found_terminator|"), flush=True)
        self.close()


class Porter(Reports, asynchat.async_chat):
    """Says what went wrong, then closes, but for what never comes here."""

    def __init__(self, sock, desk):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(b"%d\n" % int(line))


class Lodger(asynchat.async_chat):
    """Signs a book, and is struck out in the end, whether it has signed or not."""

    book = {}

    def __init__(self, sock, desk):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.name = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.name = b"".join(self.data)
        self.data = []
        self.book[self.name] = int(self.name)
        self.push(self.name + b"\n")

    def handle_error(self):
        print("lodger:", sys.exc_info()[0].__name__, flush=True)
        self.close()

    def handle_close(self):
        del self.book[self.name]
        print("lodger goes", flush=True)
        self.close()


class Host(asynchat.async_chat):
    """Apologises, and hangs up when that is sent; its author calls handle_error(), too."""

    def __init__(self, sock, desk):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        try:
            self.push(b"%d\n" % int(line))
        except ValueError:
            self.handle_error()

    def handle_error(self):
        self.push(b"we are sorry\n")
        self.close_when_done()

    def handle_close(self):
        print("guest leaves", flush=True)
        self.close()


class Doorman(asynchat.async_chat):
    """Calls the handle_error() that it inherits."""

    def __init__(self, sock, desk):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        try:
            self.push(b"%d\n" % int(line))
        except ValueError:
            self.handle_error()


class Door(Reports, asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.count = 0
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.count += 1
        if self.count == 1:
            Clerk(sock, self)
        elif self.count == 2:
            Porter(sock, self)
        elif self.count == 3:
            Host(sock, self)
        elif self.count == 4:
            Lodger(sock, self)
        else:
            Doorman(sock, self)


Door(int(sys.argv[1]))
asyncore.loop()
