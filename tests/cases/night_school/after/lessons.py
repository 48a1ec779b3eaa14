"""What all lessons have in common."""
import abc
import asyncio
import logging


def logged(target):
    """Give a class a logger of its own, and a method that says who it speaks for."""
    name = target.__name__

    def speak_for(self, whom):
        self.log.name = f"{name} of {whom}"

    target.log = logging.getLogger(name)
    target.speak_for = speak_for
    return target


def listed(lesson):
    """Have a lesson stand in the timetable."""
    lesson.is_listed = True
    return lesson


class Attendance:
    """Knows how often somebody answered."""

    def __init__(self, most=3):
        self.most = most
        self.answers = 0

    def answered(self):
        self.answers += 1
        return self.answers <= self.most


class Lesson(abc.ABC):
    """Talks line by line; what is said is the teacher's affair."""

    is_listed = False

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.connected = True
        self.conn, self.seat = writer.get_extra_info("socket"), None
        self.conn.setsockopt(6, 1, 1)

    async def run(self):
        """Answer line by line until either side closes."""
        try:
            while True:
                self.found_terminator(await read_until(self.reader, b"\n"))
                if not self.writer.is_closing():
                    await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has gone; a partial line was never a line
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
        if self.connected:
            self.handle_close()

    def push(self, data):
        """Send *data*. If the peer turns out to be gone, the session ends here and now."""
        if not self.writer.is_closing():
            self.writer.write(data)
        gone = self.writer.is_closing() and not self.writer.transport.get_write_buffer_size()
        if self.connected and gone:
            self.handle_close()

    def close_when_done(self):
        """Close the connection once everything pushed has gone out."""
        if not self.writer.transport.get_write_buffer_size():
            asyncio.get_running_loop().call_soon(self.end_session)  # the hook runs before the peer sees the end
        self.writer.close()

    def end_session(self):
        if self.connected:
            self.handle_close()

    def close(self):
        self.connected = False
        self.writer.close()

    def handle_close(self):
        self.close()

    def found_terminator(self, line):
        self.answer(line)

    @abc.abstractmethod
    def answer(self, line):
        """Say something to *line*."""


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
