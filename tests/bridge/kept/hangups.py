"""What a hang-up or an error means: "readable" where reading was asked, "writable" where writing was asked.

With use_poll, handle_close().  Pipes, sockets, and one end only.  A write-only pipe with its reader gone is told
that it may write.
"""

import asyncore
import os
import socket
import struct

from _drive import note, run, tcp_pair, until


class Notes:
    reads = writes = True
    limit = 3

    def readable(self):
        return self.reads

    def writable(self):
        return self.writes

    def count(self, what):
        self.limit -= 1
        if self.limit <= 0:
            self.close()
        note("  ", what, self.connected)

    def handle_read(self):
        note("  handle_read", self.recv(100))
        self.count("read")

    def handle_write(self):
        self.count("handle_write")

    def handle_expt(self):
        self.count("handle_expt")

    def handle_close(self):
        note("  handle_close")
        self.close()

    def handle_error(self):
        note("  handle_error")
        self.close()


class File(Notes, asyncore.file_dispatcher):
    pass


class Sock(Notes, asyncore.dispatcher):
    pass


for end in ("read", "write"):
    for reads, writes in ((True, False), (False, True), (True, True)):
        for data in (b"", b"left over"):
            if end == "write" and data:
                continue
            note("a pipe's", end, "end, asks to", "read" * reads, "write" * writes, data)
            reader, writer = os.pipe()
            os.write(writer, data)
            channel = File(reader if end == "read" else writer)
            channel.reads, channel.writes = reads, writes
            if end == "read" and not reads:
                channel.close()  # never told anything at all: see silent.py
            os.close(reader)
            os.close(writer)
            run()

for how in ("closed", "shut", "reset"):
    for reads, writes in ((True, False), (False, True), (True, True)):
        note("a socket whose peer has", how, "asks to", "read" * reads, "write" * writes)
        near, far = tcp_pair()
        channel = Sock(near)
        channel.reads, channel.writes = reads, writes
        if how == "shut":
            far.shutdown(socket.SHUT_WR)
        elif how == "reset":
            far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            far.close()
        else:
            far.close()
        until(lambda: not channel.connected)
        far.close()
