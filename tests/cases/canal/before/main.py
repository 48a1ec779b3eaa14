import asyncore
import socket
import sys

from locks import Lower, Upper


class Logbook(asyncore.dispatcher):
    """Sends what it is told to the office; the office says nothing but goodbye."""

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.lines = []
        self.last = False
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def enter(self, text, last=False):
        if self.last:
            return
        self.last = last
        self.lines.append(text.encode("utf-8") + b"\n")

    def writable(self):
        return not self.connected or bool(self.lines)

    def handle_write(self):
        if not self.lines:
            return
        line = self.lines.pop(0)
        sent = self.send(line)
        if sent < len(line):
            self.lines.insert(0, line[sent:])
        if self.last and not self.lines:
            self.close()

    def handle_read(self):
        print("office:", self.recv(100).decode("utf-8").strip())

    def handle_close(self):
        print("no office")
        self.close()


class Canal(asyncore.dispatcher):

    def __init__(self, port, upper, logbook):
        asyncore.dispatcher.__init__(self)
        self.upper = upper
        self.logbook = logbook
        self.ships = 0
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.ships += 1
        self.logbook.enter("ship %d" % self.ships, self.ships == 3)
        lower = Lower(sock)
        upper = Upper(self.upper)
        lower.other, upper.other = upper, lower
        if self.ships == 3:
            self.close()


def main():
    port, upper, office = [int(arg) for arg in sys.argv[1:]]
    logbook = Logbook(("127.0.0.1", office))
    logbook.enter("open")
    canal = Canal(port, ("127.0.0.1", upper), logbook)
    asyncore.loop(timeout=1)
    print(canal.ships, "ships")


if __name__ == "__main__":
    main()
