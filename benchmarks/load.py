"""The clients: as cheap as Python allows, since they share the machine with the server."""

from __future__ import annotations

import select
import socket

LINE = b"hello world line\n"


def raise_limits() -> None:
    """Allow as many descriptors as the system does."""
    import resource  # noqa: PLC0415  (Windows has none)

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def connect(port: int, count: int) -> list[socket.socket]:
    """Open *count* connections."""
    socks = []
    for _ in range(count):
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        socks.append(sock)
    return socks


def lines(socks: list[socket.socket], depth: int, total: int) -> None:
    """Send bursts of *depth* lines on every connection, the next when the answer is there, until *total* lines."""
    burst = LINE * depth
    poller = select.epoll()
    by_number = {sock.fileno(): sock for sock in socks}
    missing = dict.fromkeys(by_number, len(burst))
    for sock in socks:
        poller.register(sock.fileno(), select.EPOLLIN)
        sock.sendall(burst)
    done = 0
    while done < total:
        for number, _ in poller.poll():
            sock = by_number[number]
            missing[number] -= len(sock.recv(65536))
            if missing[number] <= 0:
                done += depth
                missing[number] += len(burst)
                sock.sendall(burst)
    for number, sock in by_number.items():  # what is still under way
        while missing[number] > 0:
            missing[number] -= len(sock.recv(65536))
    poller.close()


def lines_and_close(port: int) -> None:
    """Have the server see the end of a connection."""
    (sock,) = connect(port, 1)
    sock.sendall(LINE)
    sock.recv(4096)
    sock.close()


def connections(port: int, total: int) -> None:
    """Connect, send one line, read until the server closes; *total* times, eight at a time."""
    for _ in range(total // 8):
        batch = connect(port, 8)
        for sock in batch:
            sock.sendall(LINE)
        for sock in batch:
            while sock.recv(4096):
                pass
            sock.close()


def datagrams(port: int, total: int) -> None:
    """Exchange *total* datagrams, sixteen under way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        sock.settimeout(5)
        for _ in range(16):
            sock.send(LINE)
        for _ in range(total):
            sock.recv(100)
            sock.send(LINE)


def bulk_in(port: int, megabytes: int) -> None:
    """Send frames of 64 KiB; each is answered with one byte."""
    (sock,) = connect(port, 1)
    block = b"x" * 65536
    for _ in range(megabytes):
        for _ in range(16):
            sock.sendall(block)
        answers = 0
        while answers < 16:
            answers += len(sock.recv(100))
    sock.close()


def bulk_out(port: int, megabytes: int) -> None:
    """Have as much sent."""
    (sock,) = connect(port, 1)
    sock.sendall(b"%d\n" % (megabytes << 20))
    left = megabytes << 20
    buffer = bytearray(1 << 18)
    while left:
        left -= sock.recv_into(buffer)
    sock.close()
