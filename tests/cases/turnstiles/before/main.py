"""Turnstiles that let some people in: whom they do not want, they simply let go of."""
import asynchat
import asyncore
import socket
import sys


class Visitor(asynchat.async_chat):
    def __init__(self, sock, turnstile):
        self.ticket = turnstile.tickets.pop()
        self.turnstile = turnstile
        asynchat.async_chat.__init__(self, sock)
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        word = b"".join(self.words)
        self.words = []
        if word == b"close":
            self.turnstile.is_open = False
        elif word == b"open":
            self.turnstile.is_open = True
        self.push(b"%d: %s\n" % (self.ticket, word))


class Turnstile(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.tickets = [3, 2, 1]
        self.is_open = True
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        if not self.is_open:
            print("closed for", addr[0])
            return
        if not self.tickets: return
        Visitor(sock, self)


class Gate(Turnstile):
    def handle_accepted(self, sock, addr):
        if self.is_open and self.tickets:
            # come in
            Visitor(sock, self)


class Door(Turnstile):
    def handle_accepted(self, sock, addr):
        if self.is_open:
            try:
                Visitor(sock, self)
            except IndexError:
                print("full")
        else:
            sock.sendall(b"closed\n")
            sock.close()


if __name__ == "__main__":
    ports = [int(word) for word in sys.argv[1:]]
    turnstile = Turnstile(ports[0])
    gate = Gate(ports[1])
    door = Door(ports[2])
    asyncore.loop()
