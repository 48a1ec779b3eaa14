"""What a hand gets wrong when it ports this program to asyncio streams: `port/main.py` with one slip each."""

from oracle import Slip

STRIP = "return bytes(data[: -len(terminator)])"
READ = 'await read_until(self.reader, b"\\r\\n")'
COUNT = "        self.lines += 1\n"
EMPTY = "        if not line:\n            return self.writer.close()\n"

SLIPS = (
    Slip("strips blanks", STRIP, "return bytes(data).strip()", "blanks_and_controls"),
    Slip("rstrips the end of line", STRIP, 'return bytes(data).rstrip(b"\\r\\n")', "blanks_and_controls"),
    Slip("takes a newline for a line", READ, "await self.line()", "blanks_and_controls"),
    Slip("takes the tail for a line", READ, "await self.line()", "tail_at_eof"),
    Slip("has a limit", "except asyncio.LimitOverrunError", "except ZeroDivisionError", "long_line"),
    Slip("lets a reset through", "(asyncio.IncompleteReadError, ConnectionError)", "EOFError", "vanishing_peer"),
    Slip("ends at an empty line", COUNT, EMPTY + COUNT, "empty_lines"),
)
