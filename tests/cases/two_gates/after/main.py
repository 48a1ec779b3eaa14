"""The gates of a town, each of which has a keeper in a thread of his own, and the guard house behind them."""
import asyncio
import socket
import sys
import threading


class Visitor:
    def __init__(self, reader, writer, answer):
        self.reader = reader
        self.writer = writer
        self.answer = answer

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except asyncio.CancelledError:
            return  # the program ends; older Pythons would complain of a cancelled connection
        finally:
            self.writer.close()

    def push(self, data):
        """Send *data*, unless the connection is closing."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def found_terminator(self, line):
        if line == b"pass":
            self.writer.close()
            return
        self.push(self.answer(line) + b"\n")


class Gate:
    def __init__(self, port, answer):
        self.answer = answer
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        self.keeper = None
        self.shut = False

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        try:
            await server.wait_closed()
        finally:
            server.close()

    def open(self):
        self.keeper = threading.Thread(target=self.keep)
        self.keeper.start()

    def keep(self):
        async def serve():
            serving = asyncio.create_task(self.serve_forever())
            while not self.shut:
                await asyncio.sleep(0.1)
            serving.cancel()

        asyncio.run(serve())
        self.socket.close()

    def close_up(self):
        self.shut = True
        self.keeper.join()

    async def handle_accept(self, reader, writer):
        await Visitor(reader, writer, self.answer).run()


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


class GuardHouse:
    def __init__(self, ports):
        self.gates = [Gate(port, answer) for port, answer in zip(ports, (self.ask, self.shout))]

    def ask(self, line):
        return b"who is " + line + b"?"

    def shout(self, line):
        return line.upper() + b"!"

    def run(self):
        for gate in self.gates:
            gate.open()
        print("open", flush=True)
        for line in sys.stdin:
            print("guard:", line.strip(), flush=True)
            if line.strip() == "night":
                break
        for gate in self.gates:
            gate.close_up()
        print("shut")


GuardHouse([int(port) for port in sys.argv[1:3]]).run()
