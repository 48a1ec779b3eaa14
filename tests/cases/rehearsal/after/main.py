"""A prompter's box for rehearsals: a listener that is its own thread, told to end by the stage manager at the keyboard."""
import asyncio
import socket
import sys
import threading
import traceback


class Prompter:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.last_cue = None
        self.say("ready")

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\r\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.writer.close()
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        except Exception:  # noqa: BLE001
            self.handle_error()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def found_terminator(self, heard):
        line = heard.decode("latin-1")
        cue, _, rest = line.partition(" ")
        self.last_cue = cue
        method = getattr(self, "cue_" + cue.lower(), None)
        if method is None:
            self.say("what is %r?" % cue)
        else:
            method(rest)

    def handle_error(self):
        traceback.print_exc()
        asyncio.get_running_loop().call_soon(sys.exit, 1)  # ends the program

    def say(self, text):
        self.push(text.encode("latin-1") + b"\r\n")

    def cue_line(self, rest):
        self.say("to be or " + rest)

    def cue_exit(self, rest):
        self.say("exeunt")
        self.writer.close()


class Box(threading.Thread):
    prompter = Prompter

    def __init__(self, address, family=socket.AF_INET):
        threading.Thread.__init__(self)
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(address)
        self.socket.listen(5)
        self.active = False
        self.lock = threading.Lock()
        self.host, self.port = self.socket.getsockname()[:2]
        self.last = None

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        try:
            await server.wait_closed()
        finally:
            server.close()

    def start(self):
        assert not self.active
        self.__begun = threading.Event()
        threading.Thread.start(self)
        self.__begun.wait()

    def run(self):
        self.active = True
        self.__begun.set()

        async def serve():
            serving = asyncio.create_task(self.serve_forever())
            while self.active and not serving.done():
                self.lock.acquire()
                await asyncio.wait([serving], timeout=0.1)
                self.lock.release()

        asyncio.run(serve())
        self.socket.close()

    def stop(self):
        assert self.active
        self.active = False
        self.join()

    async def handle_accept(self, reader, writer):
        session = self.prompter(reader, writer)
        self.last = session
        await session.run()


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


def main():
    box = Box(("127.0.0.1", int(sys.argv[1])))
    box.start()
    print("rehearsing at", box.port == int(sys.argv[1]), flush=True)
    for line in sys.stdin:
        if line.strip() == "curtain":
            break
        print("manager:", line.strip(), flush=True)
    box.stop()
    try:
        socket.create_connection((box.host, box.port)).close()
        print("somebody is still in the box")
    except ConnectionRefusedError:
        print("the box is empty")


if __name__ == "__main__":
    main()
