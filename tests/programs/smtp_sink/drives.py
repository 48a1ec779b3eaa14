"""smtpd: an SMTPServer whose process_message() prints; driven by raw SMTP and by smtplib."""

from __future__ import annotations

import re
import smtplib
from dataclasses import replace

from oracle import Program, Stage, Transcript, drive

PROGRAM = Program(("{port}",))


def anonymous(transcript: Transcript) -> Transcript:
    """The name of the host and the version of smtpd are nobody's business."""
    connections = {}
    for name, connection in transcript.connections.items():
        received = re.sub(rb"(?m)^220 .*\r$", b"220 HOST\r", connection.received)
        received = re.sub(
            rb"(?m)^250([- ])(?!OK|SIZE|8BITMIME|HELP|SMTPUTF8|Supported).*\r$", rb"250\1HOST\r", received
        )
        connections[name] = replace(connection, received=received)
    return replace(transcript, connections=connections)


@drive(normalise=anonymous)
def raw(stage: Stage) -> None:
    """Commands out of order, two messages in a session, dots.

    Naive: a dot is taken for the end wherever it stands.
    """
    ann = stage.connect("ann")
    ann.line()
    ann.send("MAIL FROM:<a@x>\r\n")
    ann.expect("503 Error: send HELO first\r\n")
    ann.send("HELO me\r\nHELO me\r\n")
    ann.line()
    ann.expect("503 Duplicate HELO/EHLO\r\n")
    ann.send("RCPT TO:<b@y>\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n")
    ann.expect(
        "503 Error: need MAIL command\r\n250 OK\r\n250 OK\r\n250 OK\r\n354 End data with <CR><LF>.<CR><LF>\r\n"
    )
    ann.send("Subject: dots\r\n\r\n..one\r\n. two\r\n...\r\nthree.\r\n.\r\n")
    ann.expect("250 OK\r\n")
    ann.send(
        "MAIL FROM:<a@x>\r\nRCPT TO:<nobody@here>\r\nDATA\r\nx\r\n.\r\nRSET\r\nDATA\r\nNOOP\r\nWHAT\r\nQUIT\r\n"
    )
    ann.expect("250 OK\r\n250 OK\r\n354 End data with <CR><LF>.<CR><LF>\r\n550 no such user\r\n250 OK\r\n")
    ann.expect('503 Error: need RCPT command\r\n250 OK\r\n500 Error: command "WHAT" not recognized\r\n221 Bye\r\n')
    assert ann.rest() == b""
    stage.output("body")


@drive(normalise=anonymous)
def too_much(stage: Stage) -> None:
    """A message beyond the limit is refused. Naive: it is taken, or the connection hangs."""
    ann = stage.connect("ann")
    ann.line()
    ann.send("EHLO me\r\n")
    ann.until("250 HELP\r\n")
    ann.send("MAIL FROM:<a@x> SIZE=30000\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n")
    ann.expect("552 Error: message size exceeds fixed maximum message size\r\n250 OK\r\n250 OK\r\n")
    ann.line()
    ann.send("y" * 30_000 + "\r\n.\r\n")
    ann.expect("552 Error: Too much mail data\r\n")
    ann.send("NOOP\r\n")
    stage.note("after 552:", ann.quiet())


@drive(normalise=anonymous)
def library(stage: Stage) -> None:
    """The same server through smtplib."""
    stage.connect("probe").line()
    with smtplib.SMTP("127.0.0.1", stage.port, "client.test", timeout=10) as client:
        stage.note(client.sendmail("a@x", ["b@y", "c@y"], "Subject: lib\r\n\r\nhi\r\n.\r\nbye\r\n"))
        try:
            client.sendmail("a@x", ["nobody@here"], "Subject: no\r\n\r\n")
        except smtplib.SMTPDataError as error:
            stage.note(error.smtp_code, error.smtp_error)
    stage.output("subject lib")
