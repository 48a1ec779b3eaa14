"""Calls the roll: who has answered is noted in a dictionary that all calls share, and all have to hang up."""
import asyncio
import logging
import socket
import sys
import time

PATIENCE = 20

woken = None  # an event, once there is a loop


class Named:
    """Has a name, and hands on what else it is given."""

    def __init__(self, *args, name, **kwargs):
        super().__init__(*args, **kwargs)
        self.name = name


class Call(Named):

    def __init__(self, port, name, answers):
        super().__init__(name=name)
        self.reader = self.writer = None
        self.closed = False
        self.answers = answers
        self.talking = True
        self.addr = ("127.0.0.1", port)

    async def run(self):
        """Connect, and answer line by line until either side closes."""
        if self.closed:
            return
        try:
            self.reader, self.writer = await asyncio.open_connection(*self.addr, family=socket.AF_INET)
        except OSError:
            logging.getLogger(__name__).exception("cannot connect to %s", self.addr)
            if not self.closed:
                self.handle_close()
            return
        if self.closed:  # meanwhile
            self.writer.close()
            return
        try:
            self.handle_connect()
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if not self.closed:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        if not self.closed and self.writer.is_closing():
            self.handle_close()

    def close(self):
        """Close the connection at once, whatever is still to be sent."""
        self.closed = True
        if self.writer is not None:
            self.writer.transport.abort()

    def handle_connect(self):
        self.push(self.name.encode() + b"?\n")

    def found_terminator(self, words):
        word = words.decode()
        if word == "bye":
            self.hang_up()
        else:
            self.answers[self.name] = word
            woken.set()

    def handle_close(self):
        self.answers.setdefault(self.name, "hung up")
        woken.set()
        self.hang_up()

    def hang_up(self):
        self.talking = False
        woken.set()
        self.close()

    def give_up(self):
        self.answers[self.name] = "no answer"
        self.hang_up()


async def read_until(reader, terminator):
    """Return the data before *terminator*, however long: asynchat had no limit."""
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data.removesuffix(terminator))


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


async def pause(seconds, event):
    """Sleep, but no longer than until *event* is set."""
    event.clear()
    timer = asyncio.get_running_loop().call_later(seconds, event.set)
    await event.wait()
    timer.cancel()


def main():
    answers = {}
    calls = [Call(int(sys.argv[1]), name, answers) for name in sys.argv[2:]]
    patience = time.monotonic() + PATIENCE

    async def serve():
        global woken
        woken = asyncio.Event()
        serving = asyncio.create_task(run_all(*(call.run() for call in calls)))
        while len(answers) < len(calls) or any(call.talking for call in calls):
            await pause(0.1, woken)
            if time.monotonic() > patience:
                for call in calls:
                    if call.name not in answers:
                        call.give_up()
        serving.cancel()

    asyncio.run(serve())
    for name in sorted(answers):
        print(name, answers[name])


if __name__ == "__main__":
    main()
