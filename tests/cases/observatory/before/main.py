"""An observatory: a picture is drawn fifty times a second, and what the telescope has said since is in it."""
import asynchat
import asyncore
import sys
import time


class Telescope(asynchat.async_chat):
    def __init__(self, address):
        self.sockets = {}
        asynchat.async_chat.__init__(self, map=self.sockets)
        self.received = b""
        self.seen = []
        self.set_terminator(b"\r\n")
        self.create_socket()
        self.connect(address)

    def handle_connect(self):
        self.seen.append("light")

    def collect_incoming_data(self, data):
        self.received += data

    def found_terminator(self):
        self.seen.append(self.received.decode())
        self.received = b""

    def handle_close(self):
        self.seen.append("dark")
        self.close()

    def pump(self):
        asyncore.loop(timeout=0, map=self.sockets, count=1)
        seen, self.seen = self.seen, []
        return seen


def watch(address):
    telescope = Telescope(address)
    frames = 0
    is_night = True
    while is_night:
        frames += 1
        for what in telescope.pump():
            print(what, flush=True)
            if what == "light":
                telescope.push(b"what is there\r\n")
            elif what.startswith("star"):
                telescope.push(b"and behind " + what.encode() + b"\r\n")
            elif what == "dark":
                is_night = False
        time.sleep(0.02)
    return frames


if __name__ == "__main__":
    frames = watch(("127.0.0.1", int(sys.argv[1])))
    print("more than one" if frames > 1 else "one", "frame")
