"""What is measured, each as a function of the contestant: capacity (more is better), or a cost (less is better)."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

import load
from contestants import Running, environment, oracle, output

Measure = Callable[[str], float]

MEBIBYTE = 1 << 20


def lines(conns: int, depth: int, total: int, *args: str, fresh: bool = False) -> Measure:
    """Lines per second of server CPU.

    A process that has not closed a connection yet is *fresh*: the C library gives the memory of each large recv()
    back to the system there, until a whole buffer was freed once.
    """

    def measure(contestant: str) -> float:
        with Running(contestant, "lines.py", *args) as server:
            if not fresh:
                load.lines_and_close(server.port)
            socks = load.connect(server.port, conns)
            load.lines(socks, depth, total // 10)
            before = server.cpu()
            load.lines(socks, depth, total)
            return total / (server.cpu() - before)

    return measure


def idle(idle_conns: int, active: int, total: int) -> Measure:
    """Lines per second of server CPU on *active* connections, beside *idle_conns* that say nothing."""

    def measure(contestant: str) -> float:
        slow = contestant == "stdlib" and idle_conns
        share = max(total // 50, 200) if slow else total
        with Running(contestant, "lines.py") as server:
            sleeping = load.connect(server.port, idle_conns)
            socks = load.connect(server.port, active)
            load.lines(socks, 1, max(share // 10, active))
            before = server.cpu()
            load.lines(socks, 1, share)
            figure = share / (server.cpu() - before)
            for sock in sleeping:
                sock.close()
            return figure

    return measure


def flat(idle_conns: int, active: int, total: int) -> Measure:
    """What is left of the capacity beside *idle_conns*, of what it is without them."""
    with_them, without = idle(idle_conns, active, total), idle(0, active, total)
    return lambda contestant: with_them(contestant) / without(contestant)


def wall(total: int, *args: str) -> Measure:
    """Lines per second by the wall clock: where replies of two pushes stall."""

    def measure(contestant: str) -> float:
        with Running(contestant, "lines.py", *args) as server:
            socks = load.connect(server.port, 10)
            share = total // 100 if contestant == "stdlib" else total
            started = time.monotonic()
            load.lines(socks, 1, share)
            return share / (time.monotonic() - started)

    return measure


def passes(kind: str) -> Measure:
    """Passes per second of CPU."""
    return lambda contestant: 1e6 / float(output(contestant, "passes.py", kind))


def calls() -> Measure:
    """Python functions that one line takes."""
    return lambda contestant: float(output(contestant, "calls.py"))


def served(server: str, generate: Callable[[int, int], None], total: int, *args: str) -> Measure:
    """What *generate* makes of the server, per second of its CPU."""

    def measure(contestant: str) -> float:
        with Running(contestant, server, *args) as process:
            generate(process.port, max(total // 10, 8))
            before = process.cpu()
            generate(process.port, total)
            return total / (process.cpu() - before)

    return measure


def memory(conns: int) -> Measure:
    """Bytes of the server's memory that each connection takes, in KiB."""

    def measure(contestant: str) -> float:
        with Running(contestant, "lines.py") as server:
            warm = load.connect(server.port, 100)
            load.lines(warm, 1, 200)
            before = server.resident()
            socks = load.connect(server.port, conns)
            load.lines(warm, 1, 200)
            time.sleep(0.5)
            figure = (server.resident() - before) / conns / 1024
            for sock in socks:
                sock.close()
            return figure

    return measure


def stalled(megabytes: int) -> Measure:
    """MiB by which the server grows that offers *megabytes* to a client which does not read."""

    def measure(contestant: str) -> float:
        with Running(contestant, "bulk.py", "out") as server:
            load.bulk_out(server.port, 8)
            before = server.resident()
            (sock,) = load.connect(server.port, 1)
            sock.sendall(b"%d\n" % (megabytes << 20))
            time.sleep(1)
            figure = (server.resident() - before) / MEBIBYTE
            sock.close()
            return figure

    return measure


def import_time(code: str) -> Measure:
    """Milliseconds of CPU that *code* takes in a process that has imported asyncio."""

    def measure(_contestant: str) -> float:
        before = "import time, asyncio, logging, socket; t = time.process_time()"
        timed = f"{before}; {code}; print(time.process_time() - t)"
        ran = [oracle(), "-c", timed]
        done = subprocess.run(ran, capture_output=True, text=True, check=True, env=environment())
        return float(done.stdout) * 1000

    return measure
