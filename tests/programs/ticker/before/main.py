"""Reminders: a loop that looks at the clock between two passes.

    in MILLISECONDS TEXT      is reminded of TEXT
    idle MILLISECONDS         is thrown out after that much silence
    when                      how many reminders wait
    stop                      ends the program
"""
import asynchat
import asyncore
import bisect
import socket
import sys
import time


class Clock:
    """Functions to be called at their time."""

    def __init__(self):
        self.entries = []
        self.number = 0

    def call_later(self, seconds, function, *args):
        self.number += 1
        bisect.insort(self.entries, (time.monotonic() + seconds, self.number, function, args))

    def run_due(self):
        while self.entries and self.entries[0][0] <= time.monotonic():
            _, _, function, args = self.entries.pop(0)
            function(*args)

    def wait(self, longest):
        if not self.entries:
            return longest
        return max(0.0, min(longest, self.entries[0][0] - time.monotonic()))


class Client(asynchat.async_chat):

    idle_limit = None

    def __init__(self, sock, server):
        asynchat.async_chat.__init__(self, sock)
        self.server = server
        self.data = []
        self.last_heard = time.monotonic()
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)
        self.last_heard = time.monotonic()

    def found_terminator(self):
        words = b"".join(self.data).decode().split(" ", 2)
        self.data = []
        if words[0] == "in":
            self.server.clock.call_later(int(words[1]) / 1000, self.remind, words[2])
            self.tell("noted")
        elif words[0] == "idle":
            self.idle_limit = int(words[1]) / 1000
        elif words[0] == "when":
            self.tell(str(len(self.server.clock.entries)))
        elif words[0] == "stop":
            self.server.running = False

    def tell(self, text):
        self.push(text.encode() + b"\n")

    def remind(self, text):
        if self.connected:
            self.tell("remember: " + text)
        else:
            print("too late:", text)


class Ticker(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.clock = Clock()
        self.running = True
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Client(sock, self)

    def throw_out_idlers(self):
        now = time.monotonic()
        for channel in list(asyncore.socket_map.values()):
            limit = getattr(channel, "idle_limit", None)
            if limit is not None and now - channel.last_heard > limit:
                channel.idle_limit = None
                channel.tell("are you asleep?")
                channel.close_when_done()

    def run(self):
        while self.running:
            asyncore.loop(timeout=self.clock.wait(0.02), count=1)
            self.clock.run_due()
            self.throw_out_idlers()
        waiting = len(self.clock.entries)
        asyncore.close_all()
        print("stopped with %d reminders, map has %d" % (waiting, len(asyncore.socket_map)))
        return waiting


if __name__ == "__main__":
    sys.exit(Ticker(int(sys.argv[1])).run())
