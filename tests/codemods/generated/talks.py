"""What clients say to a generated program, and how it is cut on its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from oracle import BYTES, RANDOM, WHOLE, Chunking, Cuts, Drive, Stage, Stream

if TYPE_CHECKING:
    from .source import Generated

ENDS = ("half_close", "close", "reset")


@dataclass(frozen=True)
class Talk:
    """Steps in turn: who, and what is sent, or in which way that one leaves."""

    steps: tuple[tuple[int, bytes | str], ...]
    chunking: Chunking
    interrupted: bool = False

    def drive(self, kind: str) -> Drive:
        """Return the drive that plays this talk; after each step the program comes to rest."""
        play = {"server": self._with_server, "client": self._with_client, "datagrams": self._with_datagrams}[kind]
        return Drive("talk", play, (self.chunking,))

    def _with_server(self, stage: Stage) -> None:
        stage.listening()
        peers: dict[int, Stream] = {}
        for who, what in self.steps:
            if stage.process.ended:
                break
            if who not in peers:
                peers[who] = stage.connect(f"client {who}")
                peers[who].quiet()
            self._step(peers[who], what)
        self._end(stage)

    def _with_client(self, stage: Stage) -> None:
        peer = stage.server.accept("server")
        peer.quiet()
        for _, what in self.steps:
            self._step(peer, what)
        self._end(stage)

    def _with_datagrams(self, stage: Stage) -> None:
        stage.output("ready")
        stage.settle()
        peers = {who: stage.udp(f"client {who}") for who in sorted({who for who, _ in self.steps})}
        for who, what in self.steps:
            if isinstance(what, bytes):
                peers[who].send(what)
            stage.settle()
        self._end(stage)

    def _end(self, stage: Stage) -> None:
        if self.interrupted and not stage.process.ended:
            stage.interrupt()
            stage.exits()

    def _step(self, peer: Stream, what: bytes | str) -> None:
        if isinstance(what, bytes):
            for piece in self.chunking.pieces(what, peer.name):
                peer.send(piece, whole=True)
                peer.quiet()  # or else chance decides what is still to be sent when the next piece closes
        else:
            getattr(peer, what)()
        peer.quiet()


def talks(program: Generated) -> st.SearchStrategy[Talk]:
    """Return talks in the words of *program*."""
    said = st.lists(st.sampled_from(program.words), min_size=1, max_size=6).map(b"".join)
    step = st.tuples(st.integers(0, 1), st.one_of(said, said, said, st.sampled_from(ENDS)))
    cuts = st.lists(st.integers(1, 30), max_size=4).map(lambda at: Cuts("cuts", tuple(at)))
    return st.builds(
        Talk,
        st.lists(step, min_size=1, max_size=5).map(tuple),
        st.one_of(st.sampled_from((WHOLE, BYTES, RANDOM)), cuts),
        st.booleans(),
    )
