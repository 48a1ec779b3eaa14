"""Uploads on asyncio streams, ported by hand: it must pass every drive."""

import asyncio
import hashlib
import socket
import sys

END = b"\r\n\r\n"


class Upload:
    """Takes one upload."""

    def __init__(self, reader, writer, server):
        self.reader = reader
        self.writer = writer
        self.server = server
        self.name = None
        self.head = b""
        self.size = 0
        self.digest = hashlib.md5()

    async def run(self):
        """Read a name, then everything."""
        try:
            self.head = (await self.reader.readuntil(END))[: -len(END)]
            self.name = self.head.decode("utf-8", "replace")
            self.writer.write(b"go on\n")
            while data := await self.reader.read(65536):
                self.size += len(data)
                self.digest.update(data)
        except asyncio.IncompleteReadError as tail:
            self.head = without_beginning(tail.partial, END)
        except ConnectionError:
            pass
        finally:
            self.finish()

    def finish(self):
        """Say what came."""
        self.writer.close()
        if self.name is None:
            print(f"nameless, {len(self.head)} bytes: {self.head!r}")
        else:
            print(f"{self.name}: {self.size} bytes, {self.digest.hexdigest()}")
        self.server.finished(self)


class UploadServer:
    """Listens for a number of uploads."""

    def __init__(self, port, count):
        self.count = count
        self.channels = {self}
        self.done = asyncio.Event()
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def run(self):
        """Serve until the last upload has ended."""
        self.server = await asyncio.start_server(self.accept, sock=self.socket)
        await self.done.wait()

    async def accept(self, reader, writer):
        """Take an upload; stop listening at the last one."""
        upload = Upload(reader, writer, self)
        self.channels.add(upload)
        self.count -= 1
        if self.count == 0:
            self.server.close()
            self.channels.discard(self)
        await upload.run()

    def finished(self, upload):
        """Count what is left, and end with the last."""
        self.channels.discard(upload)
        print(f"{len(self.channels)} channels left")
        if not self.channels:
            self.done.set()


def without_beginning(data, terminator):
    """Return *data* without what may begin a *terminator*: asynchat never hands that out."""
    sizes = range(min(len(terminator) - 1, len(data)), 0, -1)
    held = next((size for size in sizes if data.endswith(terminator[:size])), 0)
    return data[: len(data) - held]


async def main(port, count):
    """Run the server."""
    await UploadServer(port, count).run()
    print("all done")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
