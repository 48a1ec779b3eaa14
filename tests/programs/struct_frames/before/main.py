"""Binary measurements: a header of fixed size says how many bytes follow.

    kind   4 bytes   ECHO, DATA, STAT
    number 2 bytes   comes back in the answer
    size   4 bytes   of what follows

DATA may be gigabytes; it is summed up as it comes and never kept.
"""
import asynchat
import asyncore
import struct
import sys
import zlib

HEADER = struct.Struct(">4sHI")


class MeasurementChannel(asynchat.async_chat):

    def __init__(self, sock, server):
        asynchat.async_chat.__init__(self, sock)
        self.server = server
        self.reading_header()

    def reading_header(self):
        self.kind = None
        self.parts = []
        self.set_terminator(HEADER.size)

    def collect_incoming_data(self, data):
        if self.kind == b"DATA":
            self.crc = zlib.crc32(data, self.crc)
            self.server.bytes_seen += len(data)
        else:
            self.parts.append(data)

    def found_terminator(self):
        if self.kind is None:
            self.kind, self.number, size = HEADER.unpack(b"".join(self.parts))
            self.parts = []
            self.crc = 0
            if self.kind not in (b"ECHO", b"DATA", b"STAT"):
                print("unknown kind %r, %d bytes to skip" % (self.kind, size))
                return
            if size:
                self.set_terminator(size)
                return
        getattr(self, "got_" + self.kind.decode("ascii").lower())()
        self.reading_header()

    def got_echo(self):
        self.answer(b"".join(self.parts))

    def got_data(self):
        self.answer(struct.pack(">I", self.crc))

    def got_stat(self):
        self.answer(b"%d bytes" % self.server.bytes_seen)

    def answer(self, payload):
        self.push(HEADER.pack(b"DONE", self.number, len(payload)))
        if payload:
            self.push(payload)


class MeasurementServer(asyncore.dispatcher):

    bytes_seen = 0

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(address)
        self.listen(5)

    def handle_accepted(self, sock, addr):
        MeasurementChannel(sock, self)


if __name__ == "__main__":
    MeasurementServer(("127.0.0.1", int(sys.argv[1])))
    asyncore.loop()
