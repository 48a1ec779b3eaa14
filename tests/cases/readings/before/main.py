"""Readings from instruments: a header of fixed length, then as many bytes as it says."""
from __future__ import annotations

import asynchat
import asyncore
import struct
import sys

HEAD = struct.Struct("!BH")


class BadReading(Exception):
    """The instrument talks nonsense."""


class Instrument(asynchat.async_chat):

    def __init__(self, sock, store):
        super().__init__(sock=sock)
        self.store = store
        self.data = b""
        self.kind = 0
        self.set_terminator(HEAD.size)

    def collect_incoming_data(self, data):
        self.data = self.data + data

    def found_terminator(self):
        data, self.data = self.data, b""
        if not self.kind:
            self.kind, size = HEAD.unpack(data)
            if self.kind > 9:
                raise BadReading(self.kind)
            if size > 0:
                self.set_terminator(size)
                return
            data = b""
        self.store.setdefault(self.kind, []).append(data)
        self.push(HEAD.pack(self.kind, len(self.store[self.kind])))
        self.kind = 0
        self.set_terminator(HEAD.size)

    def handle_error(self):
        error = sys.exc_info()[1]
        if isinstance(error, BadReading):
            print("bad reading", error)
            self.close()
        else:
            super().handle_error()

    def handle_close(self):
        print("instrument off")
        self.close()


class Station(asyncore.dispatcher):

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.store = {}
        self.create_socket()
        self.set_reuse_addr()
        self.bind(address)
        self.listen(1)

    def handle_accept(self):
        client = self.accept()
        if client is not None:
            Instrument(client[0], store=self.store)

    def run(self):
        asyncore.loop()


if __name__ == "__main__":
    station = Station(("127.0.0.1", int(sys.argv[1])))
    station.run()
