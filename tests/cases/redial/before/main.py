"""A caller who dials again when the line has gone dead, as long as there is money left."""
import asynchat
import asyncore
import sys
import time

PATIENCE = 0.02


class Call(asynchat.async_chat):
    def __init__(self, port, coins):
        asynchat.async_chat.__init__(self)
        self.ac_in_buffer_size = self.ac_out_buffer_size = 512
        self.coins = coins
        self.heard = []
        self.set_terminator(b"\n")
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def handle_connect(self):
        self.push(b"%d coins left\n" % self.coins)

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        word = b"".join(self.heard)
        self.heard = []
        self.push(b"what is " + word + b"?\n")

    def handle_close(self):
        self.close()
        if self.coins > 1:
            later.append((time.monotonic() + PATIENCE, self.coins - 1))


later = []


def main(port):
    Call(port, 2)
    passes = 0
    while asyncore.socket_map or later:
        asyncore.loop(timeout=0.05, count=1)
        passes += 1
        for due in list(later):
            when, coins = due
            if when <= time.monotonic():
                later.remove(due)
                print("dialling again with", coins)
                Call(port, coins)
    assert passes, "nobody was called"
    print("no money left")


if __name__ == "__main__":
    main(int(sys.argv[1]))
