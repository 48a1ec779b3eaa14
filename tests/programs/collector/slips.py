"""What goes wrong when "collect everything" becomes streams code: `port/main.py` with one slip each."""

from oracle import Slip

SLIPS = (
    Slip("hands out half a terminator", "without_beginning(tail.partial, END)", "tail.partial", "nameless"),
    Slip("forgets the tail", "self.head = without_beginning(tail.partial, END)", "pass", "nameless"),
    Slip("reads once", "while data := await", "if data := await", "two_uploads"),
    Slip("reads by frames", "self.reader.read(65536)", "self.reader.readuntil(END)", "two_uploads"),
    Slip("never ends", "await self.done.wait()", "await asyncio.sleep(3600)", "two_uploads"),
    Slip(
        "ends with the listener",
        "            self.server.close()\n",
        "            self.server.close()\n            self.done.set()\n",
        "two_uploads",
    ),
    Slip("lets a reset through", "except ConnectionError:", "except ZeroDivisionError:", "reset"),
)
