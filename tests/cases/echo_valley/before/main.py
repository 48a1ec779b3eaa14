"""The valley gives back what it hears, the first call first, and falls silent once all of it has been given back."""
import asyncore
import logging
import sys

log = logging.getLogger("valley")


class Valley(asyncore.dispatcher):
    def __init__(self, sock, most=8):
        self.most = most
        asyncore.dispatcher.__init__(self, sock=sock)
        self.calls = []
        self.heard = 0

    def writable(self):
        waiting = bool(self.calls)
        log.debug("waiting: %s", waiting)
        return waiting

    def handle_write(self):
        call = self.calls.pop()
        sent = self.send(call)
        if sent < len(call):
            self.calls.append(call[sent:])
        log.debug("gave back %d", sent)
        if not self.calls:
            print("silence after", self.heard, flush=True)
            self.handle_close()

    def handle_read(self):
        call = self.recv(self.most)
        self.heard += len(call)
        self.calls.insert(0, call)
        if call == b"stone!!!":
            print("a stone", flush=True)
            self.close()

    def handle_close(self):
        log.debug("no more calls")
        self.close()


class Mountain(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Valley(sock)


if __name__ == "__main__":
    Mountain(int(sys.argv[1]))
    asyncore.loop()
