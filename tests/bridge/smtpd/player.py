"""Play SMTP conversations against smtpd and print what came out, as JSON.

Started by test_smtpd.py in the interpreter under test: ``player.py stdlib|bridge``; reads a list of
conversations from its standard input. Each is ``{"server": NAME, "options": {...}, "chunks": [TEXT, ...],
"end": END}``, the texts in Latin-1, END one of stay, close, reset, half. Each chunk is followed by passes until
nothing happens any more.
"""

import contextlib
import io
import json
import logging
import re
import socket
import struct
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
logging.getLogger("asyncore_bridge").addHandler(
    logging.NullHandler()
)  # whole tracebacks, which the stdlib never had
if sys.argv[1] == "bridge":
    import asyncore_bridge

    asyncore_bridge.install()
import asyncore  # noqa: E402
import smtpd  # noqa: E402

import servers  # noqa: E402


def play(job):
    """Return what the client received, what the server was given, what was printed, and the state at the end."""
    members = {}
    printed, debugged = io.StringIO(), io.StringIO()
    smtpd.DEBUGSTREAM = debugged
    server = None
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(record=True) as warned,
    ):
        warnings.simplefilter("always")
        try:
            cls = getattr(servers, job["server"], None) or getattr(smtpd, job["server"])
            server = cls(("127.0.0.1", 0), ("127.0.0.1", 9), map=members, **job["options"])
            replies, channels = converse(server, members, job)
            state = [describe(channel) for channel in channels]
        except Exception as exc:
            replies, state = [], [type(exc).__name__, str(exc)]
        for member in list(members.values()):
            member.close()
    return {
        "replies": replies,
        "state": state,
        "messages": getattr(server, "messages", None),
        "printed": plain(printed.getvalue()),
        "debug": plain(debugged.getvalue()),
        "warned": [f"{item.category.__name__}: {item.message}" for item in warned],
    }


def converse(server, members, job):
    listening = server.socket.getsockname()
    server.socket.setsockopt(
        socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
    )  # its connections have it, too, and no delays
    client = socket.create_connection(listening)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.settimeout(0)
    replies, channels = [], []
    try:
        replies.append(settle(client, members, channels, server))
        for chunk in job["chunks"]:
            try:
                client.sendall(chunk.encode("latin-1"))
            except OSError as exc:
                replies.append(type(exc).__name__)
                break
            replies.append(settle(client, members, channels, server))
        if job["end"] == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif job["end"] == "half":
            client.shutdown(socket.SHUT_WR)
            replies.append(settle(client, members, channels, server))
        if job["end"] != "stay":
            client.close()
            settle(None, members, channels, server)
    finally:
        client.close()
    return replies, channels


def settle(client, members, channels, server):
    """Run passes until two in a row bring nothing; return what the client received meanwhile."""
    received = b""
    quiet = 0
    ended = ""
    while quiet < 2:
        before = server.activity
        asyncore.loop(timeout=0, count=1, map=members)
        for member in list(members.values()):
            if member is not server and member not in channels:
                channels.append(member)
        got = b""
        if client is not None and not ended:
            try:
                got = client.recv(1 << 20)
                ended = "" if got else " (end)"
            except BlockingIOError:
                pass
            except OSError as exc:
                ended = f" ({type(exc).__name__})"
        received += got
        quiet = 0 if got or server.activity != before else quiet + 1
    return plain(received.decode("latin-1")) + ended


NAMES = [
    "smtp_state",
    "seen_greeting",
    "mailfrom",
    "rcpttos",
    "received_data",
    "received_lines",
    "num_bytes",
    "extended_smtp",
    "require_SMTPUTF8",
    "command_size_limit",
    "max_command_size_limit",
    "data_size_limit",
    "connected",
    "mail_options",
    "rcpt_options",
]


def describe(channel):
    return {name: text(getattr(channel, name, "(none)")) for name in NAMES} | {
        "limits": sorted(channel.command_size_limits.items()),
        "terminator": text(channel.get_terminator()),
        "open": channel in channel._map.values(),
    }


def text(value):
    return value if isinstance(value, (int, str)) or value is None else repr(value)


def plain(said):
    """Take out what differs from run to run: addresses, ports, times, tracebacks and where files are."""
    said = said.replace(socket.getfqdn(), "HOST")
    said = re.sub(r" at 0x[0-9a-f]+", "", said)
    said = re.sub(r"('127\.0\.0\.1', )\d+", r"\1PORT", said)
    said = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", said)
    said = re.sub(r" \[[^\n]*\|[^\n]*\]\)", ")", said)
    said = re.sub(r"started at [^\n]*", "started", said)
    said = re.sub(r"<class '[\w.]*\.(\w+)'>", r"<class '\1'>", said)
    return re.sub(r"<(?:\w+\.)*(\w+ (?:connected|listening))", r"<\1", said)


if __name__ == "__main__":
    json.dump([play(job) for job in json.load(sys.stdin)], sys.stdout)
