"""What the kernel knows of the program under test: has it read what was sent, is it asleep?

With that, a drive waits for events instead of sleeping: pieces of a message are sent when the piece before
has been read, so that each is one recv() in the program however busy the machine is; and "nothing more will
come" is a program that sleeps with nothing left to read, not a guess in seconds.

Linux answers both, through its sock_diag(7) netlink sockets and proc(5). Elsewhere the answer is None,
"don't know", and callers fall back to a short pause.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from pathlib import Path
from typing import NamedTuple

if sys.platform.startswith("linux"):
    import fcntl
    import termios

_SOCK_DIAG = 4  # NETLINK_SOCK_DIAG
_BY_FAMILY = 20  # SOCK_DIAG_BY_FAMILY
_REQUEST, _ALL_STATES = 1, 0xFFF
_HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_QUERY = struct.Struct("=BBBBI")  # inet_diag_req_v2 up to its socket id
_NO_COOKIE = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)  # any interface, INET_DIAG_NOCOOKIE
_INT = struct.Struct("=I")
_QUEUES = struct.Struct("=II")  # idiag_rqueue, idiag_wqueue
_STATE_AT = _HEADER.size + 1
_QUEUES_AT = _HEADER.size + 4 + 48 + 4  # after the state bytes, the socket id and the expiry
_ATTRIBUTES_AT = _HEADER.size + 72  # after inet_diag_msg
_ATTRIBUTE = struct.Struct("=HH")  # nlattr: length, type
_TCP_INFO = 2  # INET_DIAG_INFO
_LISTEN, _BEING_SET_UP = 10, {3, 12}  # TCP_LISTEN; TCP_SYN_RECV, TCP_NEW_SYN_RECV
_WITH_INFO = 1 << (_TCP_INFO - 1)
_RECEIVED = struct.Struct("=Q")
_RECEIVED_AT = 128  # tcpi_bytes_received in tcp_info, since Linux 4.1


class Queues(NamedTuple):
    """Where the bytes of one connection are that have been sent, and not been read."""

    waiting: int
    """Arrived at the far side, which has not read them yet."""
    going: int
    """On their way to the far side."""
    coming: int
    """Sent by the far side, and not here yet."""

    @property
    def unread(self) -> int:
        """How many bytes of ours the far side has not read."""
        return self.waiting + self.going

    @property
    def held_up(self) -> bool:
        """Whether both sides wait for the network: even the loopback interface has slow timers."""
        return self.coming > 0 or (self.going > 0 and not self.waiting)


NOTHING = Queues(0, 0, 0)


class Kernel:
    """Asks Linux about sockets and processes; knows nothing elsewhere."""

    def __init__(self) -> None:
        self._netlink: socket.socket | None = None
        if hasattr(socket, "AF_NETLINK"):
            try:
                self._netlink = socket.socket(
                    socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, _SOCK_DIAG
                )
                self._netlink.settimeout(1)
            except OSError:  # a sandbox may forbid it
                self.close()

    def unread(self, sock: socket.socket, sent: int = 0) -> int | None:
        """Return how many bytes sent through *sock* the far side on this machine has not read yet.

        *sent* is how many were sent in all, if that is known: on a loaded machine even the loopback interface
        takes its time, and what is still on its way is unread, too. None where nobody knows; 0 as well where
        the far side is gone.
        """
        queues = self.queues(sock, sent)
        return None if queues is None else queues.unread

    def queues(self, sock: socket.socket, sent: int = 0) -> Queues | None:
        """Return where the bytes are that the two sides of *sock* have sent.

        Some can be on their way while the far side sleeps: Nagle's algorithm holds a small second write back
        until the first is acknowledged, and a window that was closed is opened late. None where nobody knows.
        For *sent* see `unread`.
        """
        if sock.family == getattr(socket, "AF_UNIX", None):
            unread = _unread_unix(sock)
            return None if unread is None else Queues(unread, 0, 0)
        if self._netlink is None or sock.family not in {socket.AF_INET, socket.AF_INET6}:
            return None
        try:
            ours, theirs = sock.getsockname(), sock.getpeername()
        except OSError:  # already disconnected
            return NOTHING
        address = _address(sock.family, theirs[0]) + _address(sock.family, ours[0])
        query = _QUERY.pack(sock.family, socket.IPPROTO_TCP, _WITH_INFO, 0, _ALL_STATES)
        query += struct.pack("!HH", theirs[1], ours[1]) + address + _NO_COOKIE
        try:
            self._netlink.send(_HEADER.pack(_HEADER.size + len(query), _BY_FAMILY, _REQUEST, 1, 0) + query)
            answer = self._netlink.recv(4096)
        except OSError:
            self.close()
            return None
        if _HEADER.unpack_from(answer)[1] != _BY_FAMILY:  # NLMSG_ERROR: there is no such socket any more
            return NOTHING
        if answer[_STATE_AT] == _LISTEN:  # only the listener is left: the connection is gone
            return NOTHING
        waiting, coming = _QUEUES.unpack_from(answer, _QUEUES_AT)
        return Queues(waiting, max(sent - _received(answer, sent), 0), coming)

    def close(self) -> None:
        """Give the netlink socket back."""
        if self._netlink is not None:
            self._netlink.close()
            self._netlink = None


def _received(answer: bytes, default: int) -> int:
    """Return how many bytes have arrived at the socket that *answer* is about, *default* if it does not say so."""
    if answer[_STATE_AT] in _BEING_SET_UP:  # the handshake's last packet is still on its way
        return 0
    at = _ATTRIBUTES_AT
    while at + _ATTRIBUTE.size <= len(answer):
        length, kind = _ATTRIBUTE.unpack_from(answer, at)
        if kind == _TCP_INFO:
            count = answer[at + _ATTRIBUTE.size : at + length][_RECEIVED_AT:][: _RECEIVED.size]
            return int(_RECEIVED.unpack(count)[0]) if len(count) == _RECEIVED.size else default
        at += max((length + 3) & ~3, _ATTRIBUTE.size)
    return default


def _unread_unix(sock: socket.socket) -> int | None:
    """A Unix socket's output queue is what the far side has not read (unix(7), SIOCOUTQ); with some overhead."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return int(_INT.unpack(fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4)))[0])
    except OSError:
        return 0


def _address(family: int, text: str) -> bytes:
    return socket.inet_pton(family, text.partition("%")[0]).ljust(16, b"\0")


def knows_processes() -> bool:
    """Say whether `rest_of` can answer on this system."""
    return Path("/proc/self/schedstat").exists()


def rest_of(pid: int) -> tuple[str, ...] | None:
    """Return a mark of where all threads of process *pid* sleep, or None where one of them is running.

    Two equal marks a moment apart mean that nothing ran in between. A process that has ended is at rest
    too. Child processes are not looked at: not every kernel tells them apart cheaply.
    """
    marks: list[str] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return ("ended",) if knows_processes() else None
    for thread in threads:
        task = f"/proc/{pid}/task/{thread}"
        try:
            state = Path(task, "stat").read_text().rpartition(")")[2].split()[0]
            marks.append(Path(task, "schedstat").read_text())
        except OSError:  # the thread has ended meanwhile
            return None
        if state in "RD":
            return None
    return tuple(marks)


def running_time(pid: int) -> float:
    """Return how many seconds process *pid* has run on a processor; 0.0 when it has ended, or nobody knows."""
    try:
        return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
    except (OSError, IndexError):  # a thread has ended meanwhile
        return 0.0


def has_company(leader: int) -> bool:
    """Say whether other processes live in the session that process *leader* leads: its children, or theirs."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # gone meanwhile
            continue
        if int(fields[3]) == leader and stat.parent.name != str(leader) and fields[0] != "Z":
            return True
    return False


def listens(port: int) -> bool | None:
    """Say whether somebody listens on TCP *port* of this machine, or None where nobody knows."""
    tables = [path for path in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")) if path.exists()]
    rows = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
    if not tables:
        return None
    return any(row[1].endswith(f":{port:04X}") and int(row[3], 16) == _LISTEN for row in rows)


def is_stopped(pid: int) -> bool:
    """Say whether process *pid* has been stopped by SIGSTOP, as far as this system tells."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return True
