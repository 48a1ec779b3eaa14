"""A conversation with one legacy channel, in memory, step by step."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar, cast

from asyncore_bridge import _loops
from asyncore_bridge._making import how_to_call
from asyncore_bridge.protocols import ChannelProtocol

from ._memory import MemoryTransport, memory_pair

if TYPE_CHECKING:
    from types import TracebackType

C = TypeVar("C")


class _Client(asyncio.Protocol):
    """The scripted end: remembers what it hears."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.ended = False

    def data_received(self, data: bytes) -> None:
        self.heard += data

    def eof_received(self) -> bool:
        self.ended = True
        return True

    def connection_lost(self, exc: BaseException | None) -> None:
        del exc
        self.ended = True


class Conversation(Generic[C]):
    """Talks with the channel that *make* makes, as the client would.

    *make* is what ``as_protocol()`` takes.  Every call returns when the channel has done all that it can do
    without hearing more; nothing waits for time.  With *seconds*, a limit for handlers that start tasks.
    Assertions fail with what was said and heard so far.  Raises TypeError if *make* cannot be called with
    (sock, addr), RuntimeError inside a running event loop.
    """

    def __init__(self, make: Callable[..., C], seconds: float = 5.0) -> None:
        if _loops.running() is not None:
            raise RuntimeError(
                "a Conversation runs an event loop of its own: use it in a plain function, or, in a coroutine, "
                "memory_pair()"
            )
        self._protocol: Any = ChannelProtocol(how_to_call(make, "Conversation"))
        self._seconds = seconds
        self._loop = asyncio.new_event_loop()
        self._errors: list[str] = []
        self._loop.set_exception_handler(self._on_error)
        self._client = _Client()
        self._transcript: list[str] = []
        self._position = 0
        self._transport: MemoryTransport = self._run(self._connect())
        self._idle()

    @property
    def channel(self) -> C:
        """The channel under test."""
        return cast("C", self._protocol.channel)

    # -- what the client does

    def says(self, data: bytes, pieces: int | None = None) -> None:
        """Send *data*; with *pieces*, that many bytes at a time.  Raises TypeError if it is not bytes."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"a client says bytes, not {data!r}")
        self._transcript.append(f"  client: {data!r}")
        size = pieces or max(len(data), 1)
        for start in range(0, len(data), size):
            self._transport.write(data[start : start + size])
            self._idle()

    def stops_talking(self) -> None:
        """Send nothing more, and go on listening (half-close)."""
        self._transcript.append("  client: (end of stream)")
        self._transport.write_eof()
        self._idle()

    def hangs_up(self) -> None:
        """Close the connection."""
        self._transcript.append("  client: (hangs up)")
        self._transport.close()
        self._idle()

    # -- what the client notices

    def hears(self, expected: bytes) -> None:
        """Assert that the next bytes from the channel are *expected*."""
        self._wait(lambda: len(self._client.heard) - self._position >= len(expected) or self._client.ended)
        heard = bytes(self._client.heard[self._position : self._position + len(expected)])
        assert heard == expected, self._explain(f"expected {expected!r}, heard {heard!r}")
        self._position += len(expected)
        self._transcript.append(f"  channel: {heard!r}")

    def hears_nothing(self) -> None:
        """Assert that there is nothing more to hear for now."""
        self._idle()
        rest = bytes(self._client.heard[self._position :])
        assert not rest, self._explain(f"expected nothing, heard {rest!r}")

    def is_hung_up_on(self) -> None:
        """Assert that the channel has closed the connection, after everything heard so far."""
        self._wait(lambda: self._client.ended)
        self.hears_nothing()
        assert self._client.ended, self._explain("expected the connection to be closed")
        self._transcript.append("  channel: (hangs up)")

    # -- life

    def close(self) -> None:
        """End it.  Raises AssertionError if something went wrong behind the scenes."""
        if self._loop.is_closed():
            return
        self._transport.abort()
        self._idle()
        channel = self._protocol.channel
        if channel is not None and not channel._bridge_closed:
            channel.close()
        self._idle()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
        assert not self._errors, self._explain("; ".join(self._errors))

    def __enter__(self) -> Conversation[C]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if exc is None:
            self.close()
        else:
            errors, self._errors = self._errors, []
            self.close()
            self._errors = errors

    async def _connect(self) -> MemoryTransport:
        return memory_pair(asyncio.get_running_loop(), self._client, self._protocol)[0]

    def _run(self, coro: Any) -> Any:
        return self._loop.run_until_complete(coro)

    def _idle(self) -> None:
        """Run the event loop until nothing is left to do at once."""
        self._run(_turns(20))

    def _wait(self, condition: Callable[[], object]) -> None:
        """Let tasks go on until *condition* holds, or there are none."""

        async def wait() -> None:
            deadline = asyncio.get_running_loop().time() + self._seconds
            while not condition():
                await asyncio.sleep(0.001)
                if not self._is_busy() or asyncio.get_running_loop().time() > deadline:
                    return

        self._idle()
        if not condition():
            self._run(wait())
            self._idle()

    def _is_busy(self) -> bool:
        companions = getattr(self.channel, "_bridge_companions", None)
        return companions is not None and bool(companions.tasks or companions.timers)

    def _on_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        del loop
        self._errors.append(f"{context['message']}: {context.get('exception')!r}")

    def _explain(self, what: str) -> str:
        return "\n".join([what, "the conversation so far:", *self._transcript, *self._errors])


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
