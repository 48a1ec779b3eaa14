"""Dispatchers in pairs: what one receives goes into a buffer that the other one sends.

The buffer belongs to the one that empties it (`self.other.out += data`), or to its partner: `self.to_far += data`
here, and `self.send(self.near.to_far)` there. Either way adding to it becomes a call of send() on the one that
empties it. readable() that waits while the buffer is full, and code that sends the rest of it before it closes,
go: run() waits for the partner, and a closing writer sends what it has.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.output.finishing import read_finishing
from asyncore_codemods.analyse.output.own_partners import have_their_own
from asyncore_codemods.analyse.output.partner_gates import partner_waited_for
from asyncore_codemods.analyse.output.pausing import read_pausing
from asyncore_codemods.analyse.output.room import read_room
from asyncore_codemods.analyse.output.shared_buffers import shared_buffer
from asyncore_codemods.analyse.output.writing import WriteBuffer, is_empty, may_change
from asyncore_codemods.analyse.values.syntax import parent_map, self_attribute, significant
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import is_none, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.output.finishing import Finishing
    from asyncore_codemods.analyse.output.pausing import Pausing
    from asyncore_codemods.analyse.output.shared_buffers import SharedBuffer
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.spans import Place

_FLUSHES = (
    "{v} = {p}.{b}\nif {v}:\n    {p}.socket.setblocking({any})\n    {p}.socket.sendall({v})",
    "{v} = {p}.{b}\nif {v}:\n    {p}.socket.sendall({v})",
    "if {p}.{b}:\n    {p}.socket.setblocking({any})\n    {p}.socket.sendall({p}.{b})",
    "if {p}.{b}:\n    {p}.socket.sendall({p}.{b})",
    "while {p}.{b}:\n    {v} = {p}.send({p}.{b})\n    {p}.{b} = {p}.{b}[{v}:]\n    if not {v}:\n        break",
    "while {p}.{b}:\n    {v} = {p}.send({p}.{b})\n    if not {v}:\n        break\n    {p}.{b} = {p}.{b}[{v}:]",
    "while {p}.{b}:\n    {v} = {p}.send({p}.{b})\n    {p}.{b} = {p}.{b}[{v}:]",
    "while {p}.{b}:\n    {p}.handle_write()",
    "if {p}.{b}:\n    {p}.handle_write()",
    "if {p}.{b}:\n    {p}.send({p}.{b})",
    "{p}.send({p}.{b})",
)


_HOOKS = ("handle_close", "handle_error", "close")


@dataclass
class Paired:
    """What one hierarchy has to do with a buffer that it shares."""

    write_buffer: WriteBuffer | None = None  # it empties a buffer of its partner
    is_sent_to: bool = False  # what others receive is sent by it
    is_waited_for: bool = False  # and they wait until it is
    is_left_waiting: bool = False  # which it leaves to them
    finishes: bool = False  # it is closed once that has gone out
    finishes_early: bool = False  # even if it is not connected before
    plain: Hierarchy | None = None  # without the flag that says so
    partner: str = ""  # the attribute with the one that sends what it receives
    may_be_alone: bool = False  # that is None at times
    waits: bool = False  # readable() waits while the partner has much to send
    removed: list[Place] = field(default_factory=list)
    rewritten: list[Replacement] = field(default_factory=list)
    replaced: list[Replacement] = field(default_factory=list)
    seen: list[Place] = field(default_factory=list)  # where others look at the buffer, and will not any more
    ties: set[str] = field(default_factory=set)  # the hierarchies that share it, by their topmost class


def read_pairs(
    hierarchies: Sequence[Hierarchy], adding: Sequence[Hierarchy], outside: Sequence[OutsideUse]
) -> dict[str, Paired]:
    """Return the parts that *hierarchies* have in shared buffers, by the names of their topmost classes.

    Those of *adding* are no sessions, but may add to the buffers of some: pipes, and datagram sockets. *outside*
    says whose buffer is meant, where several have one of the same name.
    """
    plain = [hierarchy for hierarchy in hierarchies if hierarchy.root == legacy.DISPATCHER]
    room = read_room(plain)
    plain = _without_flags(plain, room)
    pausing = read_pausing(plain)
    plain = _without_flags(plain, pausing)
    finishing = read_finishing(plain)
    plain = _without_flags(plain, finishing)
    found: dict[str, Paired] = {}
    for buffer in filter(None, (shared_buffer(hierarchy, [*plain, *adding]) for hierarchy in plain)):
        told = [one for one in finishing if one.buffer == buffer.name]
        waiting = [one for one in (*room, *pausing) if one.buffer == buffer.name]
        reader = _Reader(buffer, plain, adding, outside, told, waiting)
        if reader.read():
            for top, part in reader.parts.items():
                merge(found.setdefault(top, Paired()), part)
            for pause in waiting:
                _pause(found, pause)
            for finish in told:
                _finish(found, finish)
    return found


def _without_flags(
    hierarchies: Sequence[Hierarchy], known: Sequence[Pausing] | Sequence[Finishing]
) -> list[Hierarchy]:
    plain = {top: hierarchy for one in known for top, hierarchy in one.plain.items()}
    return [plain.get(hierarchy.top.qualname, hierarchy) for hierarchy in hierarchies]


def _pause(found: dict[str, Paired], pausing: Pausing) -> None:
    """Note what goes with a flag that had some wait for others."""
    for top, known in pausing.plain.items():
        part = found.setdefault(top, Paired())
        part.plain = known
        part.removed += pausing.removed
        part.seen += pausing.removed


def _finish(found: dict[str, Paired], finishing: Finishing) -> None:
    """Note who is told to close when all is sent, and where."""
    for top, known in finishing.plain.items():
        part = found.setdefault(top, Paired())
        part.plain, part.finishes, part.finishes_early = known, True, True
        part.removed += finishing.removed
        part.rewritten += finishing.rewritten
        part.seen += [*finishing.removed, *(told.place for told in finishing.rewritten)]


def merge(part: Paired, other: Paired) -> None:
    """Add to what one hierarchy shares what else it shares."""
    for known in fields(part):
        mine, others = getattr(part, known.name), getattr(other, known.name)
        if isinstance(mine, list):
            mine.extend(others)
        elif isinstance(mine, set):
            mine.update(others)
        else:
            setattr(part, known.name, mine or others)


class _Reader:
    """Goes through every appearance of one buffer."""

    def __init__(
        self,
        buffer: SharedBuffer,
        hierarchies: Sequence[Hierarchy],
        adding: Sequence[Hierarchy],
        outside: Sequence[OutsideUse],
        finishing: Sequence[Finishing],
        pausing: Sequence[Pausing],
    ) -> None:
        self.buffer = buffer
        self.flags = {flag.flag for flag in finishing}  # that have one close when all is sent
        self.gone = [place for flag in finishing for place in flag.removed]
        self.gone += [place for flag in pausing for place in flag.removed]
        self.hierarchies = [*hierarchies, *adding]
        self.adding = adding
        self.receivers = {use.place: use.receivers for use in outside if use.name == buffer.name}
        self.strange = {name for stranger in buffer.strangers for name in stranger.names}
        self.is_clear = True  # whose buffer is meant, everywhere
        self.parts: dict[str, Paired] = {}
        self.is_shared = bool(buffer.link)
        self.is_measured = False  # by others than those who empty it
        self.adds_received = self.adds_in_hooks = False

    def _part(self, hierarchy: Hierarchy) -> Paired:
        return self.parts.setdefault(hierarchy.top.qualname, Paired())

    def read(self) -> bool:
        """Return whether the buffer is shared, and every appearance understood."""
        buffer = self.buffer
        for hierarchy in self.hierarchies:
            for definition in hierarchy.definitions():
                if not self._definition(hierarchy, definition):
                    return False
        # recv() runs handle_close(): in `buffer += recv()`, what that adds is lost, as the buffer was read before
        if not self.is_clear or (self.adds_received and self.adds_in_hooks):
            return False
        if not self.is_shared and not self.is_measured:
            return False
        for writer in self.buffer.writers:
            self._part(writer).is_sent_to = self.is_shared
        ties = {*self.parts, buffer.holder.top.qualname}
        for part in self.parts.values():
            part.ties |= ties
        if buffer.link:
            gone = [
                d.place(d.function)
                for name in ("handle_write", "writable")
                for d in buffer.writer.methods.get(name, ())
            ]
            self._part(buffer.writer).write_buffer = WriteBuffer(buffer.name, gone)
            self._part(buffer.writer).seen += gone
        return True

    def _definition(self, hierarchy: Hierarchy, definition: Definition) -> bool:
        name = definition.function.name
        others = [
            node
            for node in walk(definition.function, ast.Attribute)
            if node.attr == self.buffer.name
            and self._is_others(hierarchy, definition, node)
            and not any(place.contains(definition.place(node)) for place in self.gone)
        ]
        if not others:
            return True
        part = self._part(hierarchy)
        if name in ("handle_write", "writable") and hierarchy is self.buffer.writer:
            return name == "handle_write" or self._only_asks(definition)
        if name == "readable":
            partner = partner_waited_for(definition, self.buffer.name, self.hierarchies, self.flags)
            part.removed.append(definition.place(definition.function))
            part.seen.append(definition.place(definition.function))
            writer = self._writer_from(hierarchy, definition, partner) if partner else ""
            part.waits = self.is_measured = self._waits(hierarchy, definition, writer)
            return part.waits
        self.is_shared = True
        done: set[ast.AST] = set()
        for block in _blocks(definition.function):
            self._flushes(hierarchy, definition, block, done)
        parents = parent_map(definition.function)
        return all(
            any(node in done for node in (mention, *_above(mention, parents)))
            or self._added(hierarchy, definition, parents[mention], mention, done)
            for mention in others
        )

    def _is_others(self, hierarchy: Hierarchy, definition: Definition, node: ast.Attribute) -> bool:
        """Tell whether this appearance is for this module: writing.py sees to what a writer does with its own."""
        is_own = isinstance(node.value, ast.Name) and node.value.id == definition.self_name
        if is_own and not self.buffer.link:
            return hierarchy not in (*self.buffer.holders, *self.buffer.strangers)
        receivers = self.receivers.get(definition.place(node)) if self.strange else None
        if self.strange and (receivers is None or receivers & self.strange):
            self.is_clear = self.is_clear and receivers is not None and receivers <= self.strange
            return False
        return True

    # -- predicates

    def _only_asks(self, definition: Definition) -> bool:
        """Tell whether writable() looks at the buffer, and perhaps whether there is a connection."""
        body = significant(definition.function.body)
        if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
            return False
        own = definition.self_name
        path = re.escape(f"{own}.{self.buffer.link}.{self.buffer.name}")
        asked = rf"(?:len\({path}\)(?: > 0| != 0)?|bool\({path}\)|{path}(?: != b'')?)"
        wanted = rf"(?:not {own}\.connected or )?{asked}"
        return re.fullmatch(wanted, ast.unparse(body[0].value)) is not None

    # -- adding

    def _added(
        self,
        hierarchy: Hierarchy,
        definition: Definition,
        statement: ast.AST,
        node: ast.Attribute,
        done: set[ast.AST],
    ) -> bool:
        """`<path>.buffer += x` becomes `<path to the writer>.send(x)`; the initial value goes."""
        own, path = definition.self_name, ast.unparse(node.value)
        part, place = self._part(hierarchy), definition.place
        if isinstance(statement, ast.BinOp):
            statement = parent_map(definition.function)[statement]  # the right-hand side of x = x + y
        elif isinstance(statement, ast.Attribute) and statement.attr in ("extend", "append"):
            parents = parent_map(definition.function)
            statement = parents[parents[statement]]
        if isinstance(statement, ast.Assign) and path == own and is_empty(statement.value):
            if hierarchy is not self.buffer.holder or definition.function.name != "__init__":
                return False
            part.removed.append(place(statement))
            done.add(statement)
            return True
        value = _value_added(statement, ast.unparse(node), "append" if self.buffer.is_queue else "extend")
        if value is None or any(isinstance(n, ast.Attribute) and n.attr == self.buffer.name for n in walk(value)):
            return False
        target = self._writer_from(hierarchy, definition, path)
        if not target or (self.buffer.is_queue and may_change(hierarchy, definition, value)):
            return False
        receives = any(self_attribute(n, own) == "recv" for n in walk(value, ast.Attribute))
        if receives and hierarchy.root == legacy.FILE_DISPATCHER:
            return False
        self.adds_received = self.adds_received or receives
        self.adds_in_hooks = self.adds_in_hooks or definition in hierarchy.reachable(*_HOOKS)
        text = f"{target}.send({definition.module.source.segment(value)})"
        part.rewritten.append(Replacement(place(statement), text))
        part.seen.append(place(statement))
        done.add(statement)
        if definition.function.name == "handle_read" and hierarchy not in self.adding:
            self._waits(hierarchy, definition, target)
        return True

    def _waits(self, hierarchy: Hierarchy, definition: Definition, path: str) -> bool:
        """Have one wait for its partner, if that is who sends what it reads, and if nobody else does."""
        own, _, link = path.partition(".")
        if own != definition.self_name or not link.isidentifier():
            return False
        if not have_their_own(hierarchy, link, self.hierarchies):
            return False
        part = self._part(hierarchy)
        part.partner = link
        for writer in self.buffer.writers:
            self._part(writer).is_waited_for = True
        part.may_be_alone = part.may_be_alone or may_be_none(self.hierarchies, link)
        return True

    def _writer_from(self, hierarchy: Hierarchy, definition: Definition, path: str) -> str:
        """Return how the one that empties the buffer is called, where the buffer is that of *path*."""
        own, buffer = definition.self_name, self.buffer
        if not buffer.link:
            return path
        if path == own and hierarchy is buffer.holder:
            return f"{own}.{buffer.back}"
        if path == f"{own}.{buffer.link}" and hierarchy is buffer.writer:
            return own
        return ""

    # -- sending the rest, and closing

    def _flushes(
        self, hierarchy: Hierarchy, definition: Definition, block: list[ast.stmt], done: set[ast.AST]
    ) -> None:
        if self.buffer.link:
            return
        part, place = self._part(hierarchy), definition.place
        for index in range(len(block)):
            for length in (2, 1):
                body = block[index : index + length]
                path = self._flushed(body)
                closing = next((s for s in block[index + length :] if ast.unparse(s) == f"{path}.close()"), None)
                if not path or closing is None:
                    continue
                part.removed += [place(statement) for statement in body]
                part.seen += [place(statement) for statement in body]
                part.rewritten.append(Replacement(place(closing), f"{path}.close_when_done()"))
                part.seen.append(place(closing))
                done.update(body)
                for writer in self.buffer.holders:
                    self._part(writer).finishes = True
                break

    def _flushed(self, body: list[ast.stmt]) -> str:
        """Return the object whose buffer statements empty, "" if they do something else."""
        text = "\n".join(ast.unparse(statement) for statement in body)
        for shape in _FLUSHES:
            pattern = re.escape(shape).replace(r"\{", "{").replace(r"\}", "}")
            pattern = pattern.replace("{b}", self.buffer.name).replace("{any}", "[^)]*")
            for name, form in (("p", r"[\w.]+"), ("v", r"\w+")):
                mention = "{" + name + "}"
                pattern = pattern.replace(mention, f"(?P<{name}>{form})", 1).replace(mention, f"(?P={name})")
            found = re.fullmatch(pattern, text)
            if found is not None:
                return found.group("p")
        return ""


def _value_added(statement: ast.AST, target: str, method: str) -> ast.expr | None:
    """Return y of `x.append(y)`, if that is the *method*, or of `x += y` and `x = x + y`, if that is extend()."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        fits = ast.unparse(call.func) == f"{target}.{method}" and len(call.args) == 1 and not call.keywords
        return call.args[0] if fits else None
    if method == "append":
        return None
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
        return statement.value if ast.unparse(statement.target) == target else None
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.BinOp):
        value = statement.value
        same = [ast.unparse(statement.targets[0]), ast.unparse(value.left)] == [target, target]
        return value.right if same and isinstance(value.op, ast.Add) else None
    return None


def may_be_none(hierarchies: Sequence[Hierarchy], link: str) -> bool:
    """Tell whether anything but a constructor sets the attribute *link* to None, or first to anything else."""
    for hierarchy in hierarchies:
        for definition in hierarchy.definitions():
            for node in walk(definition.function, ast.Assign):
                if definition.function.name == "__init__":
                    continue
                named = [n.attr for target in node.targets for n in walk(target, ast.Attribute)]
                if link in named and any(is_none(n) for n in walk(node.value)):
                    return True
                if any(self_attribute(target, definition.self_name) == link for target in node.targets):
                    return True
    return False


def _blocks(function: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in walk(function):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def _above(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node
