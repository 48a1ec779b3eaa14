"""Two streams that wait for each other, and a bell that is rung when the gates open: sent what it has, it closes."""

import asynchat
import asyncore
import socket
import sys


class Bell(asyncore.dispatcher):
    def __init__(self, address, message):
        asyncore.dispatcher.__init__(self)
        self.message = message
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def handle_read(self):
        answer = self.recv(100)
        if answer:
            print("the bell says", answer)

    def writable(self):
        return not self.connected or len(self.message) > 0

    def handle_write(self):
        sent = self.send(self.message)
        self.message = self.message[sent:]
        if not self.message:
            print("the bell has been rung", flush=True)
            self.close()

    def handle_close(self):
        self.close()


class Flag(asyncore.dispatcher):
    """Never looks at what it is told."""

    def __init__(self, address, message):
        asyncore.dispatcher.__init__(self)
        self.message = message
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def writable(self):
        return not self.connected or bool(self.message)

    def handle_write(self):
        sent = self.send(self.message)
        self.message = self.message[sent:]
        if not self.message:
            print("the flag is up", flush=True)
            self.close()


class Upper(asynchat.async_chat):
    """Reads no more while the lower end has not taken what there is."""

    def __init__(self, sock, target):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(None)
        self.lower = Lower(self, target)

    def readable(self):
        return self.lower is None or len(self.lower.producer_fifo) < 10

    def collect_incoming_data(self, data):
        if self.lower is not None:
            self.lower.push(data)

    def found_terminator(self):
        pass

    def handle_close(self):
        if self.lower is not None:
            self.lower.close_when_done()
        self.close()


class Lower(asynchat.async_chat):
    MOST = 5

    def __init__(self, upper, target):
        asynchat.async_chat.__init__(self)
        self.upper = upper
        self.set_terminator(None)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(target)

    def readable(self):
        return len(self.upper.producer_fifo) <= self.MOST

    def collect_incoming_data(self, data):
        self.upper.push(data)

    def found_terminator(self):
        pass

    def handle_close(self):
        self.upper.lower = None
        self.upper.close_when_done()
        self.close()


class Weir(asyncore.dispatcher):
    def __init__(self, port, target):
        asyncore.dispatcher.__init__(self)
        self.target = target
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Upper(sock, self.target)


def main():
    target = ("127.0.0.1", int(sys.argv[2]))
    for message in (b"the gates are open", b""):
        Bell(target, message)
    Flag(target, b"up!")
    Weir(int(sys.argv[1]), target)
    asyncore.loop()


if __name__ == "__main__":
    main()
