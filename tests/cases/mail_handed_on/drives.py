"""Constructors with *args and **kwargs, and with tests of the version of Python."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"), plain=True, mails=True)

LETTER = "MAIL FROM:<{}@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nSubject: x\r\n\r\n{}\r\n.\r\n"


@drive
def letters(stage: Stage) -> None:
    """Two letters to each server, the second from somebody who may not write."""
    for port, seen in (("port", "delivered 2"), ("port2", "number 2"), ("port3", "shown 2")):
        client = stage.connect(port, port=stage.ports[port])
        client.until("version 0.3\r\n")
        client.send("HELO me\r\n" + LETTER.format("a", "hello") + LETTER.format("nobody", "x" * 80) + "QUIT\r\n")
        client.until("221 Bye\r\n")
        assert client.rest() == b""
        stage.output(seen)
