"""DebuggingServer: what it prints."""

from __future__ import annotations

import re
from dataclasses import replace

from oracle import Program, Stage, Transcript, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True, mails=True)

LETTER = "MAIL FROM:<bob@x> SIZE=30\r\nRCPT TO:<hall@house>\r\nDATA\r\n"


def anonymous(transcript: Transcript) -> Transcript:
    """The port of a client is nobody's business."""
    lines = tuple(re.sub(r"X-Peer: [\d.]+", "X-Peer: HOST", line) for line in transcript.stdout)
    return replace(transcript, stdout=lines)


@drive(normalise=anonymous)
def shown(stage: Stage) -> None:
    for port in ("port", "port2"):
        bob = stage.connect(port, port=stage.ports[port])
        bob.send("EHLO bob\r\n" + LETTER)
        bob.until("354 End data with <CR><LF>.<CR><LF>\r\n")
        bob.send(b"Subject: x\r\nTo: y\r\n\r\nbody\r\n\r\n\xff'\"\r\n.\r\n")
        bob.expect("250 OK\r\n")
        bob.send(LETTER.replace(" SIZE=30", "") + "no headers\r\n.\r\nQUIT\r\n")
        bob.until("221 Bye\r\n")
        assert bob.rest() == b""
    stage.output("number 2")
