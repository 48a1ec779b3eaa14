"""A guest book over TCP: sign it, read it.

    220 who are you? ...
    SIGN name: text      -> 250 signed
    READ                 -> 251 n entries follow, then the entries, then a dot
    COUNT                -> 252 n
    QUIT                 -> 221
"""

import asynchat
import asyncore
import socket
import sys


class GuestbookSession(asynchat.async_chat):
    """One visitor."""

    max_text = 20000

    def __init__(self, sock, addr, book):
        asynchat.async_chat.__init__(self, sock=sock)
        self.addr = addr
        self.book = book
        self.ibuffer = []
        self.signed = 0
        self.set_terminator(b"\r\n")
        self.reply("220 guest book with %d entries" % len(book))

    def reply(self, text):
        self.push(text.encode("utf-8") + b"\r\n")

    def collect_incoming_data(self, data):
        """Keep what came; it is not a line yet."""
        self.ibuffer.append(data)

    def found_terminator(self):
        line = b"".join(self.ibuffer).decode("utf-8", "replace")
        self.ibuffer = []
        if not line:
            return
        command, _, rest = line.partition(" ")
        command = command.upper()
        if command == "SIGN":
            self.sign(rest)
        elif command == "READ":
            self.reply("251 %d entries follow" % len(self.book))
            for number, (name, text) in enumerate(self.book, 1):
                self.reply("%d. %s wrote: %s" % (number, name, text))
            self.push(b".\r\n")
        elif command == "COUNT":
            self.reply("252 %d" % len(self.book))
        elif command == "QUIT":
            self.reply("221 you signed %d times" % self.signed)
            self.close_when_done()  # the answer must still go out
        else:
            self.reply("500 what is %r?" % command)

    def sign(self, rest):
        name, colon, text = rest.partition(":")
        text = text.strip()
        if not colon or not text:
            self.reply("501 SIGN name: text")
        elif len(text) > self.max_text:
            self.reply("552 too long by %d" % (len(text) - self.max_text))
        else:
            self.book.append((name, text))
            self.signed += 1
            self.reply("250 signed")


class GuestbookServer(asyncore.dispatcher):
    """Listens, and owns the book."""

    def __init__(self, host, port):
        asyncore.dispatcher.__init__(self)
        self.book = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind((host, port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        print("visitor from", addr[0])
        GuestbookSession(sock, addr, self.book)


if __name__ == "__main__":
    server = GuestbookServer("127.0.0.1", int(sys.argv[1]))
    print("open")
    asyncore.loop()
