"""The datagram server as a DatagramProtocol, ported by hand: it must pass every drive."""

import asyncio
import sys


class DatagramEcho(asyncio.DatagramProtocol):
    """Answers datagrams."""

    maximum = 512

    def __init__(self):
        self.counts = {}
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        """Keep the way out."""
        self.transport = transport

    def datagram_received(self, data, sender):
        """Answer one datagram."""
        data = data[: self.maximum]
        self.counts[sender] = self.counts.get(sender, 0) + 1
        if data == b"stop":
            self.transport.sendto(b"stopping", sender)
            self.transport.close()
        elif data == b"count":
            text = b"%d from you, %d in all" % (self.counts[sender], sum(self.counts.values()))
            self.transport.sendto(text, sender)
        elif data.startswith(b"everybody "):
            for address in self.counts:
                self.transport.sendto(data[10:], address)
        else:
            self.transport.sendto(b"%d:" % len(data) + data, sender)

    def connection_lost(self, error):
        """Let main() go on."""
        self.closed.set_result(error)


async def main(port):
    """Serve until stopped."""
    loop = asyncio.get_running_loop()
    _, echo = await loop.create_datagram_endpoint(DatagramEcho, ("127.0.0.1", port))
    print("ready")
    await echo.closed
    print(f"saw {sum(echo.counts.values())} datagrams from {len(echo.counts)} peers")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
