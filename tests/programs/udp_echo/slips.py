"""What goes wrong when recvfrom() becomes a DatagramProtocol: `port/main.py` with one slip each."""

from oracle import Slip

CUT = "        data = data[: self.maximum]\n"
LAST = '            self.transport.sendto(b"stopping", sender)\n'
LATER = """\
        asyncio.get_running_loop().call_later(0.05 if data == b"a0" else 0.0, self.answer, data, sender)

    def answer(self, data, sender):
"""

SLIPS = (
    Slip("takes whole datagrams", CUT, "", "datagrams"),
    Slip("ignores empty datagrams", CUT, "        if not data:\n            return\n" + CUT, "datagrams"),
    Slip("goes on for ever", "await echo.closed", "await asyncio.sleep(3600)", "stopping"),
    Slip("loses the last answer", LAST, "", "stopping"),
    Slip("answers out of order", CUT, LATER + CUT, "order"),
)
