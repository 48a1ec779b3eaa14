"""Ends of output: clients that have said all they had to say, and a server that answers for as long as it likes."""
import asynchat
import asyncore
import socket
import sys


class Lookup(asynchat.async_chat):
    """Waits to be asked, says that this was all, and prints what comes."""

    def __init__(self, port, question):
        asynchat.async_chat.__init__(self)
        self.question = question
        self.lines = []
        self.set_terminator(b"\r\n")
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def collect_incoming_data(self, data):
        self.lines.append(data)

    def found_terminator(self):
        line = b"".join(self.lines).decode()
        self.lines = []
        if line == "?":
            self.ask()
        else:
            print("line", line, flush=True)

    def ask(self):
        self.push(self.question.encode() + b"\r\n")
        self.socket.shutdown(socket.SHUT_WR)

    def handle_close(self):
        print("end", b"".join(self.lines), flush=True)
        self.close()


class Upload(asyncore.dispatcher):
    """Sends what it is given, and waits for the receipt."""

    def __init__(self, port, data):
        asyncore.dispatcher.__init__(self)
        self.data = data
        self.receipt = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def writable(self):
        return len(self.data) > 0

    def handle_write(self):
        sent = self.send(self.data)
        self.data = self.data[sent:]
        if not self.data:
            self.socket.shutdown(1)  # all is sent

    def handle_read(self):
        self.receipt += self.recv(8192)

    def handle_close(self):
        self.close()
        print("receipt", self.receipt, flush=True)


class Reader(asyncore.dispatcher_with_send):
    """Repeats what it hears in capitals, up to a full stop; goes on listening."""

    def __init__(self, sock):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.heard = 0

    def handle_read(self):
        data = self.recv(8192)
        self.heard += len(data)
        if b"." in data:
            self.send(data.upper())
            self.socket.shutdown(socket.SHUT_WR)

    def handle_close(self):
        self.close()
        print("heard", self.heard, flush=True)


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.close()  # one is enough
        Reader(sock)


if __name__ == "__main__":
    port, elsewhere = map(int, sys.argv[1:])
    Server(port)
    Lookup(elsewhere, "who is it")
    Upload(elsewhere, b"0123456789" * 200)
    asyncore.loop()
    print("done")
