"""Mistakes in cutting the stream into frames: a handle_read() of our own, right but for one method each."""

from __future__ import annotations

import asynchat
import asyncore
import socket
from typing import Any

from flaw_registry import flaw


class Splitter:
    """What async_chat.handle_read() does, in steps that can go wrong one by one."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel

    def read(self) -> None:
        """Take what has come and hand it out."""
        channel = self.channel
        try:
            data = channel.recv(channel.ac_in_buffer_size)
        except BlockingIOError:
            return
        except OSError:
            channel.handle_error()
            return
        channel.ac_in_buffer += data
        while channel.ac_in_buffer and self.goes_on():
            terminator = channel.get_terminator()
            if not terminator:
                self.collect(len(channel.ac_in_buffer))
            elif isinstance(terminator, int):
                self.count(terminator)
            elif not self.search(terminator):
                break

    def goes_on(self) -> bool:
        return True

    def count(self, wanted: int) -> None:
        have = min(wanted, len(self.channel.ac_in_buffer))
        self.channel.terminator = wanted - have
        self.collect(have)
        if have == wanted:
            self.found()

    def search(self, terminator: bytes) -> bool:
        """Look for *terminator*; say whether there is anything left to do."""
        buffer = self.channel.ac_in_buffer
        at = buffer.find(terminator)
        if at >= 0:
            if at:
                self.collect(at)
            self.skip(len(terminator))
            self.found()
            return True
        held = self.hold_back(buffer, terminator)
        if held < len(buffer):
            self.collect(len(buffer) - held)
        return False

    def hold_back(self, buffer: bytes, terminator: bytes) -> int:
        """Return how many bytes at the end may begin a terminator."""
        sizes = range(min(len(terminator) - 1, len(buffer)), 0, -1)
        return next((size for size in sizes if terminator.startswith(buffer[-size:])), 0)

    def collect(self, size: int) -> None:
        data = self.channel.ac_in_buffer[:size]
        self.skip(size)
        self.hand_out(data)

    def hand_out(self, data: bytes) -> None:
        self.channel.collect_incoming_data(data)

    def skip(self, size: int) -> None:
        self.channel.ac_in_buffer = self.channel.ac_in_buffer[size:]

    def found(self) -> None:
        self.channel.found_terminator()


def read_with(splitter: type[Splitter]) -> None:
    def handle_read(self: Any) -> None:
        splitter(self).read()

    asynchat.async_chat.handle_read = handle_read


@flaw
def no_flaw() -> None:
    """Nothing is wrong: every drive must pass."""
    read_with(Splitter)


@flaw
def torn_terminators_missed() -> None:
    """A terminator that is split over two reads is not found."""

    class Wrong(Splitter):
        def hold_back(self, buffer: bytes, terminator: bytes) -> int:
            return 0

    read_with(Wrong)


@flaw
def whole_frames_only() -> None:
    """Data is handed out only when its terminator has come: a tail is never seen."""

    class Wrong(Splitter):
        def hold_back(self, buffer: bytes, terminator: bytes) -> int:
            return len(buffer)

    read_with(Wrong)


@flaw
def counted_bodies_held() -> None:
    """A counted body is handed out in one piece, when it is complete, like readexactly() does."""

    class Wrong(Splitter):
        def count(self, wanted: int) -> None:
            self.stop = len(self.channel.ac_in_buffer) < wanted
            if not self.stop:
                super().count(wanted)

        stop = False

        def goes_on(self) -> bool:
            return not self.stop

    read_with(Wrong)


@flaw
def counts_are_kept() -> None:
    """A counted terminator stays set after it was met."""

    class Wrong(Splitter):
        def count(self, wanted: int) -> None:
            if len(self.channel.ac_in_buffer) >= wanted:
                self.collect(wanted)
                self.channel.terminator = wanted
                self.found()
            else:
                super().count(wanted)

    read_with(Wrong)


@flaw
def one_frame_a_read() -> None:
    """What comes behind the first frame of a read waits for the next read."""

    class Wrong(Splitter):
        done = False

        def found(self) -> None:
            self.done = True
            super().found()

        def goes_on(self) -> bool:
            return not self.done

    read_with(Wrong)


@flaw
def closing_stops_parsing() -> None:
    """After close() or close_when_done() nothing more is parsed."""

    class Wrong(Splitter):
        def goes_on(self) -> bool:
            return self.channel.connected and None not in self.channel.producer_fifo

    read_with(Wrong)


@flaw
def blanks_stripped() -> None:
    """White space round a piece of data is lost."""

    class Wrong(Splitter):
        def hand_out(self, data: bytes) -> None:
            super().hand_out(data.strip(b" \t\r"))

    read_with(Wrong)


@flaw
def empty_frames_skipped() -> None:
    """A terminator right behind another is not reported."""

    class Wrong(Splitter):
        def search(self, terminator: bytes) -> bool:
            if self.channel.ac_in_buffer.startswith(terminator):
                self.skip(len(terminator))
                return True
            return super().search(terminator)

    read_with(Wrong)


@flaw
def limit_of_64_kib() -> None:
    """A frame longer than 64 KiB ends the connection."""

    class Wrong(Splitter):
        def hand_out(self, data: bytes) -> None:
            self.channel.came = getattr(self.channel, "came", 0) + len(data)
            if self.channel.came > 1 << 16 and isinstance(self.channel.terminator, bytes):
                self.channel.handle_close()
            super().hand_out(data)

        def found(self) -> None:
            self.channel.came = 0
            super().found()

    read_with(Wrong)


@flaw
def errors_skip_a_frame() -> None:
    """After an exception in found_terminator() the rest of the read is parsed at once."""

    class Wrong(Splitter):
        def found(self) -> None:
            try:
                super().found()
            except asyncore.ExitNow:
                raise
            except Exception:
                self.channel.handle_error()

    read_with(Wrong)


@flaw
def tail_is_a_frame() -> None:
    """End of file completes the last frame."""
    original = asyncore.dispatcher.recv

    class Wrong(Splitter):
        def hand_out(self, data: bytes) -> None:
            self.channel.tail = True
            super().hand_out(data)

        def found(self) -> None:
            self.channel.tail = False
            super().found()

    def recv(self: Any, size: int) -> bytes:
        if getattr(self, "tail", False) and self.socket.recv(1, socket.MSG_PEEK) == b"":
            self.tail = False
            self.found_terminator()
        return original(self, size)

    asyncore.dispatcher.recv = recv
    read_with(Wrong)
