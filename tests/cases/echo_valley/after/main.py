"""The valley gives back what it hears, the first call first, and falls silent once all of it has been given back."""
import asyncio
import logging
import socket
import sys

log = logging.getLogger("valley")


class Valley:
    def __init__(self, reader, writer, most=8):
        self.most = most
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.calls = []
        self.heard = 0

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            await self.take_turns()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    async def take_turns(self):
        """Handle what has come, then send what there is to send, in turns."""
        reading = asyncio.ensure_future(self.reader.read(self.most))
        try:
            while not self.writer.is_closing():
                has_output = self.writable()
                if has_output:
                    await asyncio.sleep(0)  # for what has come already
                else:
                    await asyncio.wait([reading])
                if reading.done():
                    data = reading.result()
                    if not data:
                        break
                    self.handle_read(data)
                    reading = asyncio.ensure_future(self.reader.read(self.most))
                if has_output and not self.writer.is_closing():
                    self.handle_write()
                await self.writer.drain()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    def close(self):
        self.connected = False
        self.writer.close()

    def writable(self):
        waiting = bool(self.calls)
        log.debug("waiting: %s", waiting)
        return waiting

    def handle_write(self):
        call = self.calls.pop()
        self.writer.write(call)
        log.debug("gave back %d", len(call))
        if not self.calls:
            print("silence after", self.heard, flush=True)
            self.handle_close()

    def handle_read(self, call):
        self.heard += len(call)
        self.calls.insert(0, call)
        if call == b"stone!!!":
            print("a stone", flush=True)
            self.close()

    def handle_close(self):
        log.debug("no more calls")
        self.close()


class Mountain:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        await Valley(reader, writer).run()


if __name__ == "__main__":
    asyncio.run(Mountain(int(sys.argv[1])).serve_forever())
