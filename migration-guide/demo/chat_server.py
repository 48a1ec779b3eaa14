"""A chat room, written for asyncore and asynchat as people did for twenty years.

Usage: chat_server.py PORT
"""

import asynchat
import asyncore
import socket
import sys


class ChatSession(asynchat.async_chat):
    """One guest: the first line is the name, every other line is said to all."""

    def __init__(self, server, sock, addr):
        asynchat.async_chat.__init__(self, sock)
        self.server = server
        self.name = None
        self.received = []
        self.set_terminator(b"\r\n")
        self.push(b"Who are you?\r\n")

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        line = b"".join(self.received).decode("utf-8", "replace")
        self.received = []
        if self.name is None:
            self.enter(line.strip())
        elif line == "/who":
            self.tell("Here: " + ", ".join(sorted(guest.name for guest in self.server.guests)))
        elif line == "/quit":
            self.tell("Bye, " + self.name)
            self.close_when_done()
        else:
            self.server.announce("<%s> %s" % (self.name, line))

    def enter(self, name):
        if not name or name in [guest.name for guest in self.server.guests]:
            self.tell("That name will not do. Who are you?")
            return
        self.name = name
        self.server.announce("* %s is here" % name)
        self.server.guests.append(self)
        self.tell("Welcome, %s!" % name)

    def tell(self, text):
        self.push(text.encode("utf-8") + b"\r\n")

    def handle_close(self):
        self.close()
        if self in self.server.guests:
            self.server.guests.remove(self)
            self.server.announce("* %s has left" % self.name)


class ChatServer(asyncore.dispatcher):
    """Lets everybody in."""

    def __init__(self, host, port):
        asyncore.dispatcher.__init__(self)
        self.guests = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind((host, port))
        self.listen(5)
        print("chatting on port", self.socket.getsockname()[1], flush=True)

    def handle_accepted(self, sock, addr):
        ChatSession(self, sock, addr)

    def announce(self, text):
        for guest in list(self.guests):
            guest.tell(text)


if __name__ == "__main__":
    server = ChatServer("127.0.0.1", int(sys.argv[1]))
    try:
        asyncore.loop()
    except KeyboardInterrupt:
        print("closing")
