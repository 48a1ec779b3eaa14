"""Party lines: an exchange and its trunk line, both on sockets made by hand, and calls that are cut off by hand."""
import asynchat
import asyncore
import contextlib
import socket
import sys


class Call(asynchat.async_chat):
    """A call: what is said is repeated, until somebody hangs up."""

    def __init__(self, sock, line):
        asynchat.async_chat.__init__(self, sock)
        self.line = line
        self.said = []
        self.set_terminator(b"\n")
        line.calls.add(self)

    def collect_incoming_data(self, data):
        self.said.append(data)

    def found_terminator(self):
        words = b"".join(self.said)
        self.said = []
        if words == b"cut":
            self.push(b"cut off\n")
            self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()
            self.close()
        elif words == b"all":
            self.line.cut_all()
        else:
            self.push(words + b"?\n")

    def handle_close(self):
        # the other side may have gone in anger
        try:
            self.socket.shutdown(2)
        except socket.error:
            pass
        self.close()
        self.line.calls.discard(self)
        print("hung up", flush=True)


class Line(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        self.set_socket(sock)
        self.listen(5)
        self.calls = set()

    def handle_accept(self):
        sock, address = self.socket.accept()
        Call(sock, self)

    def cut_all(self):
        for call in list(self.calls):
            call.handle_close()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.close()


class Trunk(Line):
    """Says who is there before anybody speaks."""

    def handle_accept(self):
        sock, address = self.socket.accept()
        Call(sock, self).push(b"trunk\n")


if __name__ == "__main__":
    Line(int(sys.argv[1]))
    Trunk(int(sys.argv[2]))
    asyncore.loop()
    print("exchange closed")
