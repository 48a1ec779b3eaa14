"""A stock room: one command a line; `note N` is followed by N bytes of text."""
import asynchat
import asyncore
import socket
import sys


class Clerk(asynchat.async_chat):

    def __init__(self, sock, log):
        asynchat.async_chat.__init__(self, sock)
        self.log = log
        self.pieces = []
        self.state = self.on_command
        self.set_terminator(b"\r\n")

    collect_incoming_data = lambda self, data: self.pieces.append(data)
    leave = lambda self: self.close_when_done()

    def found_terminator(self):
        data = b"".join(self.pieces)
        self.pieces = []
        self.state(data)

    def on_command(self, line):
        verb, _, rest = line.partition(b" ")
        if verb == b"note":
            self.set_terminator(int(rest))
            self.push(b"go ahead\r\n")
            self.state = self.on_note
        elif verb == b"list":
            for entry in self.log:
                self.push(entry + b"\r\n")
            self.push(b".\r\n")
        elif verb == b"bye":
            self.leave()
        else:
            self.push(b"what?\r\n")

    def on_note(self, text):
        self.log.append(text)
        self.push(b"noted %d\r\n" % len(text))
        self.state = self.on_command
        self.set_terminator(b"\r\n")


class Room(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.log = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    writable = lambda self: False

    def handle_accepted(self, sock, addr):
        Clerk(sock, self.log)


if __name__ == "__main__":
    Room(int(sys.argv[1]))
    asyncore.loop()
