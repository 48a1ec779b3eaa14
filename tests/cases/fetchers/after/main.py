"""Ask several servers for their names; all at once, then tell."""
import asyncio
import logging
import socket
import sys


class Asker:

    def __init__(self, port, answers):
        self.reader = self.writer = None
        self.port = port
        self.answers = answers
        self.heard = b""
        self.addr = ("127.0.0.1", port)
        self.question = b"NAME?\r\n" * 3

    async def run(self):
        """Connect, and handle what comes, as it comes, until either side closes."""
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            self.handle_close()
            return
        try:
            self.writer.write(self.question)
            self.handle_connect()
            while data := await self.reader.read(100):
                self.handle_read(data)
                await self.writer.drain()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        self.handle_close()

    def close(self):
        if self.writer is not None:
            self.writer.close()

    def handle_connect(self):
        print("asking")

    def handle_read(self, data):
        self.heard += data

    def handle_close(self):
        self.answers.append(self.heard.decode("latin-1") or "silence")
        self.close()


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


def main(ports):
    answers = []
    clients = []
    for port in ports:
        if port:
            clients.append(Asker(int(port), answers))
    asyncio.run(run_all(*(client.run() for client in clients)))
    for answer in sorted(answers):
        print(answer)
    return len(answers)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
