"""What every meter's connection has in common."""
import asynchat


class Framed(asynchat.async_chat):
    ending = b";"

    def __init__(self, sock, meters):
        asynchat.async_chat.__init__(self, sock)
        self.meters = meters
        self.meters.append(self)
        self.parts = []
        self.set_terminator(self.ending)

    def collect_incoming_data(self, data):
        self.parts.append(data)

    def found_terminator(self):
        data = b"".join(self.parts)
        self.parts = []
        self.measured(data)

    def measured(self, data):
        raise NotImplementedError

    def handle_close(self):
        self.meters.remove(self)
        if self.parts:
            print("cut off:", b"".join(self.parts).decode())
        self.close()
