"""A client that never reads, and closes its connection only if it wants no more of it."""
import asyncore
import sys


class Ring(asyncore.dispatcher):
    def __init__(self, port, stays):
        asyncore.dispatcher.__init__(self)
        self.stays = stays
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def handle_connect(self):
        if not self.stays:
            self.close()


Ring(7000, len(sys.argv) > 1)
asyncore.loop()
