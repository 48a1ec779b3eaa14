"""Gather the facts of a session, family by family, and what speaks against it where they meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.clients.connecting import read_connecting, read_early_output, starts_anew
from asyncore_codemods.analyse.input.buffering import read_input, read_pieces
from asyncore_codemods.analyse.input.framing import read_framing
from asyncore_codemods.analyse.input.piecewise import asks_for_the_rest, read_piecewise, set_from_outside
from asyncore_codemods.analyse.input.raw import RawInput, read_raw_input
from asyncore_codemods.analyse.input.terminators import handles_text
from asyncore_codemods.analyse.input.text_mode import encodes_output, encodes_terminators, why_not_text
from asyncore_codemods.analyse.lifetime.construction import ConstructionFacts, read_construction
from asyncore_codemods.analyse.lifetime.endings import EndingFacts, Left, read_endings
from asyncore_codemods.analyse.lifetime.last_words import read_last_words
from asyncore_codemods.analyse.lifetime.noting import read_note
from asyncore_codemods.analyse.output.pairs import Paired
from asyncore_codemods.analyse.output.producing import ProducingFacts, read_producing
from asyncore_codemods.analyse.output.pulling import read_pulling
from asyncore_codemods.analyse.output.taking_all import read_sent
from asyncore_codemods.analyse.output.with_send import read_with_send
from asyncore_codemods.analyse.output.writing import WriteBuffer, read_write_buffer, unless_closing
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Delivery, Framing, FramingFacts, InputIdiom, Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.members import class_place
from asyncore_codemods.plan.sessions.describe import writer_of
from asyncore_codemods.plan.sessions.kinds import RAW
from asyncore_codemods.plan.sessions.needs import read_needs

if TYPE_CHECKING:
    from asyncore_codemods.analyse.clients.connecting import ConnectFacts
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.output.pulling import Pulling
    from asyncore_codemods.analyse.output.taking_all import SendAll
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.plan.sessions.kinds import SessionKind
    from asyncore_codemods.plan.sessions.needs import Needs
    from asyncore_codemods.spans import Place

_FRAME_METHODS = ("found_terminator", "collect_incoming_data", "_get_data")  # which see half a frame, or make one


@dataclass
class SessionParts:
    """The facts of a session, family by family."""

    framing: FramingFacts
    gathering: InputIdiom
    endings: EndingFacts
    construction: ConstructionFacts
    needs: Needs
    kind: SessionKind
    write_buffer: WriteBuffer | None = None
    connecting: ConnectFacts | None = None
    producing: ProducingFacts = field(default_factory=ProducingFacts)
    paired: Paired = field(default_factory=Paired)
    sent: list[SendAll] = field(default_factory=list)  # where others than handle_write() ask how much send() took

    @property
    def has_buffer(self) -> bool:
        """Whether output goes through a hand-made buffer."""
        return self.write_buffer is not None and bool(self.write_buffer.attribute)

    @property
    def may_flush(self) -> bool:
        """Whether it may be closed once all is sent."""
        return bool(self.endings.soft) or "close_when_done" in self.needs.methods

    @property
    def may_close(self) -> bool:
        """Whether it may be closed by itself, by others, or because of an error."""
        endings = self.endings
        may_end = endings.goes_on and bool(endings.after_error - {Left.OPEN})
        asked = self.needs.hook_called or bool(self.needs.methods & {"close", "close_when_done"})
        return bool(endings.explicit or endings.soft or may_end) or asked

    @property
    def pulling(self) -> Pulling | None:
        """How output is pulled, if handle_write() stays."""
        return self.write_buffer.pulling if self.write_buffer is not None else None

    @property
    def handlers(self) -> tuple[str, ...]:
        """The methods that the loop calls."""
        writes = self.pulling is not None or (self.write_buffer is not None and self.write_buffer.once)
        return (*self.kind.handlers, "handle_write") if writes else self.kind.handlers


def read_output(hierarchy: Hierarchy, outside: list[OutsideUse], *, connects: bool) -> WriteBuffer | Reason | None:
    """Return the output buffer that a plain dispatcher keeps; the others have one already, or none."""
    if hierarchy.root == legacy.DISPATCHER:
        writer = writer_of(hierarchy)
        output = read_write_buffer(hierarchy, writer, outside)
        if isinstance(output, Reason):
            pulling = read_pulling(hierarchy, outside, writer)
            if pulling is not None:
                return WriteBuffer("", pulling.removed, pulling.rewritten, pulling=pulling)
        elif output is not None and not connects:
            unless_closing(hierarchy, outside, output)
        return output
    output = read_with_send(hierarchy, outside, writer_of(hierarchy))
    if isinstance(output, WriteBuffer) and output.pulling is not None:
        output.removed += output.pulling.removed
    return output


class PartsReader:
    """Reads the facts of one hierarchy of sessions, or of clients if it *connects*."""

    def __init__(
        self, hierarchy: Hierarchy, kind: SessionKind, outside: list[OutsideUse], paired: Paired, *, connects: bool
    ) -> None:
        self.hierarchy = hierarchy
        self.kind = kind
        self.outside = outside
        self.paired = paired
        self.reasons: list[Reason] = []
        made = read_connecting(hierarchy, outside, kind.output, kind.handlers) if connects else None
        self.only_connects = isinstance(made, tuple) and not made[1].socket_parameters
        self.connecting = made[0] if isinstance(made, tuple) else None
        self.construction = made[1] if isinstance(made, tuple) else made or read_construction(hierarchy)
        if self.connecting is not None:
            self.connecting.speaks_early = self.connecting.speaks_early or paired.is_sent_to
            self.connecting.closes_early = self.connecting.closes_early or paired.finishes
            self.connecting.finishes_early = self.connecting.finishes_early or paired.finishes_early

    def read(
        self, output: WriteBuffer | Reason | None, gone: list[Place], ends: dict[str, bool]
    ) -> SessionParts | list[Reason]:
        """Return the facts, or every reason against them.

        *output* is how it sends, what stands in *gone* places goes, and *ends* says what an exception ends.
        """
        hierarchy, construction = self.hierarchy, self.construction
        framing, gathering = self._read_input()
        if isinstance(output, WriteBuffer):
            gathering = self._fit_together(output, gathering)
        dead = gathering.removed if isinstance(gathering, InputIdiom) else []
        if isinstance(output, WriteBuffer) and output.speech is not None:
            dead = output.removed
        called = any(use.name == "handle_close" and use.may_be(hierarchy.names) for use in self.outside)
        endings = read_endings(hierarchy, [*gone, *dead], hook_called=called, **ends)
        producing = read_producing(hierarchy, self.outside)
        for part in (framing, endings, construction, producing):
            self.reasons += part if isinstance(part, list) else []
        last_words = read_last_words(hierarchy, self.outside) if self.kind.is_chat else None
        self.reasons += [part for part in (gathering, output, last_words) if isinstance(part, Reason)]
        if (
            not isinstance(framing, FramingFacts)
            or not isinstance(gathering, InputIdiom)
            or not isinstance(endings, EndingFacts)
            or not isinstance(construction, ConstructionFacts)
            or not isinstance(producing, ProducingFacts)
            or isinstance(output, Reason)
        ):
            return self.reasons
        self._check_producers(framing, endings, producing)
        if framing.is_text:
            framing.encodes = encodes_output(hierarchy, self.outside, self.kind.output)
            self.reasons += why_not_text(hierarchy, gathering, producing, self.kind.output, encodes=framing.encodes)
        needs = self._read_needs({gathering.attribute, output.attribute if output else ""} - {""})
        needs.methods |= endings.in_tables  # as good as called by others
        parts = SessionParts(framing, gathering, endings, construction, needs, self.kind, output)
        parts.connecting, parts.producing, parts.paired = self.connecting, producing, self.paired
        if self.kind is RAW and not parts.has_buffer:
            parts.sent = read_sent(hierarchy, writer_of(hierarchy))
        return self.reasons or parts

    def _refuse(self, code: Code, message: str) -> None:
        self.reasons.append(self._reason(code, message))

    def _reason(self, code: Code, message: str) -> Reason:
        return Reason(code, message, class_place(self.hierarchy.top))

    def _read_needs(self, buffers: set[str]) -> Needs:
        """Return what others do with the objects, but for those that tell them where to connect."""
        told = self.connecting.seen if self.connecting is not None else []
        others = [use for use in self.outside if use.place not in told]
        needs = read_needs(self.hierarchy, others, buffers, self.kind.kept, connects=self.connecting is not None)
        needs.methods |= {self.kind.output} if self.paired.is_sent_to else set()
        needs.methods |= {"close_when_done"} if self.paired.finishes else set()
        return needs

    # -- input

    def _read_input(self) -> tuple[FramingFacts | list[Reason], InputIdiom | Reason | None]:
        hierarchy = self.hierarchy
        if self.kind is RAW:
            reads = read_raw_input(hierarchy, self.outside, connects=self.only_connects)
            return FramingFacts(Framing.NOTHING), reads
        setter = set_from_outside(hierarchy, self.outside)
        gathering = self._read_gathering(setter)
        any_kind = setter is not None and setter.name in ("set_terminator", "terminator")
        framing = read_framing(hierarchy, check_all=_is_piecewise(gathering), any_kind=any_kind)
        if isinstance(framing, FramingFacts) and self._goes_on_with_half_a_frame(framing, gathering):
            message = "goes on with half a frame when it has connected again"
            gathering = read_piecewise(hierarchy, self._reason(Code.CLIENT, message))
            framing = read_framing(hierarchy, check_all=True, any_kind=any_kind)
        if not isinstance(framing, FramingFacts):
            return framing, None
        if framing.framing is Framing.NOTHING:
            return framing, read_pieces(hierarchy)
        if not _may_find(hierarchy):
            return framing, self._reason(Code.COLLECT, "never says what to do when a terminator is found")
        return framing, gathering

    def _read_gathering(self, setter: OutsideUse | None) -> InputIdiom | Reason:
        """Return how frames are put together, or that pieces are to be handled as they come."""
        hierarchy = self.hierarchy
        gathering = read_input(hierarchy, is_text=handles_text(hierarchy))
        if read_note(hierarchy) is not None:
            message = "notes when it reads, and gathers its frames in an unusual way"
            gathering = read_piecewise(hierarchy, self._reason(Code.COLLECT, message))
        elif isinstance(gathering, Reason):
            gathering = read_piecewise(hierarchy, gathering)
        meddling = self._meddling(setter)
        if meddling is not None and not _is_piecewise(gathering):
            return read_piecewise(hierarchy, meddling)
        if isinstance(gathering, InputIdiom) and (
            asks_for_the_rest(hierarchy) or self._is_read_by_others(gathering.attribute)
        ):
            wanted = read_piecewise(hierarchy, self._reason(Code.TERMINATOR, ""))
            return wanted if isinstance(wanted, InputIdiom) else gathering
        return gathering

    def _meddling(self, setter: OutsideUse | None) -> Reason | None:
        """Return how others may change, or end, a frame that is still to come."""
        if setter is not None:
            return Reason(Code.EXTERNAL_USE, "its terminator may be set from outside", setter.place)
        for use in self.outside:
            if use.name in _FRAME_METHODS and use.may_be(self.hierarchy.names):
                return Reason(Code.EXTERNAL_USE, f"its {use.name}() may be called from outside", use.place)
        return None

    def _is_read_by_others(self, buffer: str) -> bool:
        """Tell whether others look at the buffer, which therefore has to stay."""
        return any(use.name == buffer and use.may_be(self.hierarchy.names) for use in self.outside)

    def _goes_on_with_half_a_frame(self, framing: FramingFacts, gathering: InputIdiom | Reason) -> bool:
        """Tell whether a client that connects again still has what the old connection did not finish."""
        again = self.connecting is not None and self.connecting.again
        if self.connecting is None or not again or isinstance(gathering, Reason) or _is_piecewise(gathering):
            return False
        changes = framing.framing not in (Framing.CONSTANT, Framing.NOTHING)
        return not starts_anew(self.hierarchy, self.connecting, gathering.attribute, changes=changes)

    # -- output

    def _fit_together(
        self, output: WriteBuffer, gathering: InputIdiom | Reason | None
    ) -> InputIdiom | Reason | None:
        """Return what is read beside *output*, and note what cannot be had together."""
        if output.pulling is not None:
            gathering = self._pull(output.pulling, gathering)
        if output.once:
            self._check_called_once()
        if self.connecting is not None and output.attribute:
            written = [replacement.place for replacement in output.rewritten]
            problem = read_early_output(self.hierarchy, self.connecting, written)
            self.reasons += [problem] if problem is not None else []
        return InputIdiom(Delivery.PIECES) if output.speech is not None else gathering

    def _pull(self, pulling: Pulling, gathering: InputIdiom | Reason | None) -> InputIdiom | Reason | None:
        if pulling.once:
            pulling.once = self.connecting is not None  # an accepted session is connected from the start
            if pulling.once:
                self._check_called_once()
        measures = isinstance(gathering, RawInput) and gathering.measures
        if pulling.turns and (self.connecting is not None or self.paired.ties or measures):
            message = "closes when it has nothing to send, and connects, has a partner, or reads what is missing"
            self._refuse(Code.DISPATCHER, message)
        if self.connecting is not None and self.connecting.again:
            self._refuse(Code.CLIENT, "connects again, and does more in handle_write() than send a buffer")
        return gathering if pulling.reads else RawInput(Delivery.PIECES, reads=False)

    def _check_called_once(self) -> None:
        """Refuse a handle_write() that is not called when a client is connected, or only that of some objects."""
        if not self.only_connects:
            message = "handle_write() is called when it is connected, and some of its connections are accepted"
            self._refuse(Code.CLIENT, message)
        elif self.connecting is not None and self.connecting.over_unix:
            self._refuse(Code.CLIENT, "handle_write() is not called by asyncore when a Unix socket is connected")

    def _check_producers(self, framing: FramingFacts, endings: EndingFacts, producing: ProducingFacts) -> None:
        produces = bool(producing.waited_for or producing.pushed or producing.queued)
        if produces and encodes_terminators(self.hierarchy):
            self._refuse(Code.TEXT_MODE, "has asynchat encode what its producers have")
        if not producing.queued:
            return
        goes_on = bool(endings.after_error - {Left.CLOSED}) and endings.overrides_handle_error
        told = {
            "is no async_chat": not self.kind.is_chat,
            "sends producers, and connects again": self.connecting is not None and self.connecting.again,
            "sends producers, and goes on after an error of theirs": goes_on,
            "sends producers, and shares its output": self.paired != Paired(),
            "sends producers, and text": framing.is_text,
            "finishes in the way of asynchat, whatever its producers have": any(
                use.name == "close_when_done" for _, use in endings.base
            ),
        }
        for message in (message for message, holds in told.items() if holds):
            self._refuse(Code.PRODUCER, message)


def _is_piecewise(gathering: InputIdiom | Reason) -> bool:
    return isinstance(gathering, InputIdiom) and gathering.delivery is Delivery.PIECEWISE


def _may_find(hierarchy: Hierarchy) -> bool:
    """Tell whether there is a found_terminator(), however it comes about."""
    return (
        hierarchy.overrides("found_terminator")
        or any(True for _ in hierarchy.uses("found_terminator"))
        or any(getattr(n, "name", "") == "found_terminator" for m in hierarchy.members for n in walk(m.node))
    )
