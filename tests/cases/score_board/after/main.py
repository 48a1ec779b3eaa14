"""Score boards all over town: whoever reports a goal has it shown on each, by way of its socket."""
import asyncio
import socket
import sys

boards = []
goals = {}


def show(team):
    goals[team] = goals.get(team, 0) + 1
    dark = []
    for board in boards:
        try:
            send_to(board, b"%s %d\n" % (team, goals[team]))
        except OSError:
            dark.append(board)
            continue
        print("shown", team.decode())
    for board in dark:
        boards.remove(board)
        print("a board is dark,", len(boards), "are lit")


class Board:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    async def run(self):
        """Answer line by line until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                self.found_terminator(await receive_until(self.reader, unread, b"\n"))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        finally:
            self.writer.close()

    def found_terminator(self, team):
        show(team)
        if team == b"nobody":
            self.writer.transport.abort()


class Stadium:
    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    async def handle_accept(self, reader, writer):
        boards.append(writer)
        writer.write(b"board %d\n" % len(boards))
        await Board(reader, writer).run()


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def receive_until(reader, unread, terminator):
    """Return the data before *terminator*, however long; *unread* keeps what was received behind it."""
    searched = 0
    while (size := unread.find(terminator, searched)) < 0:
        searched = max(len(unread) - len(terminator) + 1, 0)
        if not (received := await receive_some(reader)):
            raise asyncio.IncompleteReadError(bytes(unread), None)
        unread += received
    data, unread[: size + len(terminator)] = bytes(unread[:size]), b""
    return data


def send_to(writer, data):
    """Send *data*; raise an error if the connection has ended."""
    if not writer.is_closing():
        writer.write(data)
    if writer.is_closing():
        raise ConnectionError("the connection has ended")


asyncio.run(Stadium(int(sys.argv[1])).serve_forever())
