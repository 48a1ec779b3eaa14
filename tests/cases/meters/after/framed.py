"""What every meter's connection has in common."""
import asyncio
import traceback
from typing import List


class Framed:
    ending: bytes = b";"

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, meters: "List[Framed]") -> None:
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.meters = meters
        self.meters.append(self)
        self.parts: List[bytes] = []
        self.terminator = self.ending

    async def run(self) -> None:
        """Handle what comes, as it comes, until either side closes."""
        unread = bytearray()  # received behind what was handled
        try:
            while True:
                data, complete = await receive_piece(self.reader, self.writer, unread, self.terminator)
                if data:
                    self.collect_incoming_data(data)
                    if self.terminator and isinstance(self.terminator, int):
                        self.terminator -= len(data)  # so much is still missing
                if complete:
                    self.found_terminator()
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone
        except Exception:  # noqa: BLE001
            traceback.print_exc()
        if self.connected:
            self.handle_close()

    def push(self, data) -> None:
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.handle_close()

    def close_when_done(self) -> None:
        """Close the connection once everything pushed has gone out."""
        if not self.writer.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_soon(self.end_session)  # the hook runs before the peer sees the end
        self.writer.close()

    def end_session(self) -> None:
        if self.connected:
            self.handle_close()

    def close(self) -> None:
        self.connected = False
        self.writer.close()

    def collect_incoming_data(self, data: bytes) -> None:
        self.parts.append(data)

    def found_terminator(self) -> None:
        data = b"".join(self.parts)
        self.parts = []
        self.measured(data)

    def measured(self, data: bytes) -> None:
        raise NotImplementedError

    def handle_close(self) -> None:
        self.meters.remove(self)
        if self.parts:
            print("cut off:", b"".join(self.parts).decode())
        self.close()


async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data


async def receive_piece(reader, writer, unread, terminator, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size, complete = len(unread), False
    if terminator and isinstance(terminator, int):  # the length in bytes
        size, complete = min(size, terminator), size >= terminator
    elif terminator and terminator in unread:
        size, complete = unread.find(terminator), True
    elif terminator:  # it may have come in part
        begun = (n for n in range(len(terminator) - 1, 0, -1) if unread.endswith(terminator[:n]))
        size -= next(begun, 0)
    piece = bytes(unread[:size])
    del unread[:size]
    if complete and not isinstance(terminator, int):
        del unread[: len(terminator)]
    if not piece and not complete:
        received = await receive_some(reader, limit)
        if not received:
            raise asyncio.IncompleteReadError(b"", None)
        if not writer.is_closing():  # we handle nothing more once we are closing
            unread += received
    return piece, complete
