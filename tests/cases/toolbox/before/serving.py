"""A server that others make, and that runs the loop itself."""

import asyncore
import socket


class Counted(asyncore.dispatcher_with_send):
    def __init__(self, sock, server):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.server = server

    def handle_read(self):
        data = self.recv(512)
        if data:
            self.server.count += len(data)
            self.send(b"%d\n" % self.server.count)


class CountServer(asyncore.dispatcher):
    """Tells everybody how much has come in all."""

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.count = 0
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(address)
        self.listen(5)

    def handle_accept(self):
        accepted = self.accept()
        if accepted is not None:
            sock, _ = accepted
            Counted(sock, self)

    def run(self):
        """Serve until somebody interrupts."""
        try:
            asyncore.loop(timeout=5)
        except KeyboardInterrupt:
            print("interrupted")
