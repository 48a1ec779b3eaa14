"""A mail server: replies, limits and errors, by hand and through smtplib."""

from __future__ import annotations

import smtplib

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True, mails=True)

LETTER = "MAIL FROM:<bob@x>\r\nRCPT TO:<hall@house>\r\nDATA\r\n"
TAKEN = "250 OK\r\n250 OK\r\n354 End data with <CR><LF>.<CR><LF>\r\n250 OK\r\n"


@drive
def by_hand(stage: Stage) -> None:
    """Commands out of order and out of the ordinary."""
    bob = stage.connect("bob")
    bob.until("version 0.3\r\n")
    bob.send("MAIL FROM:<a@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n\r\nNOOP\r\nNOOP now\r\nRSET now\r\n")
    bob.send("HELO\r\nEHLO\r\nVRFY\r\n")
    bob.until("501 Syntax: VRFY <address>\r\n")
    bob.send("EHLO bob\r\n")
    bob.until("250 HELP\r\n")
    bob.send("HELO bob\r\nEHLO bob\r\nAUTH PLAIN x\r\nSTARTTLS\r\nEXPN all\r\nWHAT\r\nVRFY <a@x>\r\n")
    bob.until("delivery\r\n")
    bob.send("RCPT TO:<a@x>\r\nMAIL TO:<a@x>\r\nMAIL FROM:\r\n")
    bob.send("MAIL FROM:<a@x> SIZE=x\r\nMAIL FROM:<a@x> SIZE=30000\r\nMAIL FROM:<a@x> BODY=9BIT\r\n")
    bob.send("MAIL FROM:<a@x> X=Y\r\nMAIL FROM:<a@x> BODY=8BITMIME\r\nMAIL FROM:<b@x>\r\n")
    bob.until("503 Error: nested MAIL command\r\n")
    bob.send("DATA\r\nRCPT\r\nRCPT TO:<hall@house> X=Y\r\n")
    bob.send("RCPT TO:<hall@house>\r\nrcpt to: hall@house\r\nDATA at once\r\n")
    bob.until("501 Syntax: DATA\r\n")
    bob.send("data\r\n")
    bob.until("354 End data with <CR><LF>.<CR><LF>\r\n")
    bob.send(b"..one\r\n. two\r\n...\r\nthree.\r\nbare\n.\nfour\r\r\n\xff\xfe\r\n\r\n.\r\n")
    bob.expect("250 OK\r\n")
    bob.send("RCPT TO:<a@x>\r\nMAIL FROM:<>\r\nRSET\r\nMAIL FROM:<a@x>\r\nQUIT now\r\nNOOP\r\n")
    bob.until("221 Bye\r\n")
    assert bob.rest() == b""
    stage.output("with")


@drive
def in_one_go(stage: Stage) -> None:
    """Everything at once, and the end of the connection behind it: each command still gets its reply."""
    bob = stage.connect("bob")
    bob.send("HELO bob\r\n" + LETTER + "one\r\n.\r\n" + LETTER + "\r\n.\r\n" + LETTER + "cut of")
    bob.half_close()
    bob.until("\r\n")
    bob.line()
    bob.expect(TAKEN + TAKEN + TAKEN[:-8])
    assert bob.rest() == b""
    stage.output("2 for")


@drive
def refused(stage: Stage) -> None:
    """Status strings, an error, and a message that is too long."""
    bob = stage.connect("bob")
    bob.send("HELO bob\r\n")
    bob.until("\r\n250 ")
    bob.send(LETTER.replace("hall", "attic") + "x\r\n.\r\n")
    bob.until("550 nobody sleeps there\r\n")
    bob.send(LETTER.replace("bob@x", "ann@house") + "x\r\n.\r\n")
    bob.until("553 ann@house is here already\r\n")
    ann = stage.connect("ann")
    ann.send("HELO ann\r\n" + LETTER + "y" * 20_010 + "\r\n.\r\n")
    ann.until("552 Error: Too much mail data\r\n")
    bob.send(LETTER + "z" * 15_000 + "\r\n.\r\n")
    bob.until("250 OK\r\n250 OK\r\n354 End data with <CR><LF>.<CR><LF>\r\n250 OK\r\n")
    bob.send(LETTER + "fire\r\n.\r\nNOOP\r\n")
    assert bob.rest() == TAKEN[:-8].encode()


@drive
def library(stage: Stage) -> None:
    """Through smtplib, until the house sleeps."""
    probe = stage.connect("probe")
    probe.line()
    with smtplib.SMTP("127.0.0.1", stage.port, "client.test", timeout=10) as client:
        stage.note(client.sendmail("a@x", ["hall@house", "b@y"], "Subject: lib\r\n\r\nhi\r\n.\r\nbye"))
        try:
            client.sendmail("a@x", ["cellar@house"], "Subject: no\r\n\r\n")
        except smtplib.SMTPDataError as error:
            stage.note(error.smtp_code, error.smtp_error)
        stage.note(sorted(client.esmtp_features.items()))
        stage.note(client.sendmail("a@x", ["hall@house"], "good night"))
    probe.close()
    assert stage.exits() == 0
