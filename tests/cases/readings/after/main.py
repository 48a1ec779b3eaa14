"""Readings from instruments: a header of fixed length, then as many bytes as it says."""
from __future__ import annotations

import asyncio
import socket
import struct
import sys
import traceback

HEAD = struct.Struct("!BH")


class BadReading(Exception):
    """The instrument talks nonsense."""


class Instrument:

    def __init__(self, reader, writer, store):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.store = store
        self.kind = 0
        self.terminator = HEAD.size

    async def run(self):
        """Answer frame by frame until either side closes."""
        try:
            while True:
                self.found_terminator(await self.reader.readexactly(self.terminator))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            if self.connected:
                self.handle_close()
        except Exception:  # noqa: BLE001
            self.handle_error()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if self.connected and self.writer.is_closing():
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def found_terminator(self, data):
        if not self.kind:
            self.kind, size = HEAD.unpack(data)
            if self.kind > 9:
                raise BadReading(self.kind)
            if size > 0:
                self.terminator = size
                return
            data = b""
        self.store.setdefault(self.kind, []).append(data)
        self.push(HEAD.pack(self.kind, len(self.store[self.kind])))
        self.kind = 0
        self.terminator = HEAD.size

    def handle_error(self):
        error = sys.exc_info()[1]
        if isinstance(error, BadReading):
            print("bad reading", error)
            self.close()
        else:
            traceback.print_exc()
            self.handle_close()

    def handle_close(self):
        print("instrument off")
        self.close()


class Station:

    def __init__(self, address):
        self.store = {}
        self.socket = socket.create_server(address, backlog=1)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        await Instrument(reader, writer, store=self.store).run()

    def run(self):
        asyncio.run(self.serve_forever())


if __name__ == "__main__":
    station = Station(("127.0.0.1", int(sys.argv[1])))
    station.run()
