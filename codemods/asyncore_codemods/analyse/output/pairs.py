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
from asyncore_codemods.analyse.families.hierarchies import Definition
from asyncore_codemods.analyse.output.finishing import read_finishing
from asyncore_codemods.analyse.output.partner_gates import only_waits
from asyncore_codemods.analyse.output.sending import read_sending
from asyncore_codemods.analyse.output.writing import WriteBuffer, is_empty, may_change
from asyncore_codemods.analyse.values.syntax import parent_map, self_attribute, significant
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.output.finishing import Finishing
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


@dataclass
class _Buffer:
    """A buffer that one hierarchy holds and one empties, or buffers of one name, each emptied by who holds it."""

    name: str
    holder: Hierarchy
    writer: Hierarchy
    holders: list[Hierarchy]
    link: str = ""  # the writer's attribute with the holder, "" if that is the writer itself
    back: str = ""  # and the holder's attribute with the writer
    strangers: list[Hierarchy] = field(default_factory=list)  # with another buffer of that name
    is_queue: bool = False  # of pieces, each of which is appended


def read_pairs(hierarchies: Sequence[Hierarchy], outside: Sequence[OutsideUse]) -> dict[str, Paired]:
    """Return the parts that *hierarchies* have in shared buffers, by the names of their topmost classes.

    *outside* says whose buffer is meant, where several have one of the same name.
    """
    plain = [hierarchy for hierarchy in hierarchies if hierarchy.root == legacy.DISPATCHER]
    finishing = read_finishing(plain)
    without_flags = {top: known for one in finishing for top, known in one.plain.items()}
    plain = [without_flags.get(hierarchy.top.qualname, hierarchy) for hierarchy in plain]
    found: dict[str, Paired] = {}
    for buffer in filter(None, (_buffer_of(hierarchy, plain) for hierarchy in plain)):
        told = [one for one in finishing if one.buffer == buffer.name]
        reader = _Reader(buffer, plain, outside, told)
        if reader.read():
            for top, part in reader.parts.items():
                merge(found.setdefault(top, Paired()), part)
            for one in told:
                _finish(found, one)
    return found


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


def _buffer_of(hierarchy: Hierarchy, others: Sequence[Hierarchy]) -> _Buffer | None:
    """Return the buffer that the one handle_write() of *hierarchy* empties, if others may have to do with it."""
    writes = hierarchy.methods.get("handle_write", [])
    if len(writes) != 1 or hierarchy.overrides("send"):
        return None
    sending = read_sending(writes[0])
    if sending is None or sending.encoding is not None or sending.kind == "box":
        return _partners_buffer(hierarchy, writes[0], others)
    name, holders = sending.attribute, _holders(sending.attribute, others)
    writers = [holder for holder in holders if _empties_its_own(holder, name, sending.kind)]
    if writers[:1] != [hierarchy]:
        return None  # the first of them speaks for all
    strangers = [holder for holder in holders if holder not in writers]
    return _Buffer(name, hierarchy, hierarchy, writers, strangers=strangers, is_queue=sending.kind == "queue")


def _empties_its_own(hierarchy: Hierarchy, name: str, kind: str) -> bool:
    sendings = [read_sending(definition) for definition in hierarchy.methods.get("handle_write", ())]
    return len(sendings) == 1 and all(
        sending is not None and sending.kind == kind and sending.encoding is None and sending.attribute == name
        for sending in sendings
    )


def _partners_buffer(hierarchy: Hierarchy, write: Definition, others: Sequence[Hierarchy]) -> _Buffer | None:
    own = write.self_name
    links = {
        (link, node.attr)
        for node in walk(write.function)
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        for link in [self_attribute(node.value, own)]
        if link
    }
    if len(links) != 1:
        return None
    link, name = links.pop()
    text = ast.unparse(write.function).replace(f"{own}.{link}.{name}", f"{own}.{name}")
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    sending = read_sending(Definition(write.entry, function))
    holders = _holders(name, others)
    if sending is None or sending.kind != "buffer" or sending.encoding is not None:
        return None
    if len(holders) != 1 or holders == [hierarchy]:
        return None
    back = _way_back(hierarchy, link)
    return _Buffer(name, holders[0], hierarchy, holders, link, back) if back else None


def _holders(name: str, hierarchies: Sequence[Hierarchy]) -> list[Hierarchy]:
    return [
        hierarchy
        for hierarchy in hierarchies
        if any(
            isinstance(node, ast.Attribute)
            and not isinstance(node.ctx, ast.Load)
            and self_attribute(node, definition.self_name) == name
            for definition in hierarchy.definitions()
            for node in walk(definition.function)
        )
    ]


def _way_back(hierarchy: Hierarchy, link: str) -> str:
    """Return x for `self.link = partner; partner.x = self` in the constructor."""
    for definition in hierarchy.methods.get("__init__", ()):
        own, names = definition.self_name, {f"{definition.self_name}.{link}"}
        for statement in definition.function.body:
            if isinstance(statement, ast.Assign) and self_attribute(statement.targets[0], own) == link:
                names.add(ast.unparse(statement.value))
        for statement in definition.function.body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            if (
                isinstance(target, ast.Attribute)
                and isinstance(statement, ast.Assign)
                and ast.unparse(statement.value) == own
                and ast.unparse(target.value) in names
            ):
                return target.attr
    return ""


class _Reader:
    """Goes through every appearance of one buffer."""

    def __init__(
        self,
        buffer: _Buffer,
        hierarchies: Sequence[Hierarchy],
        outside: Sequence[OutsideUse],
        finishing: Sequence[Finishing],
    ) -> None:
        self.buffer = buffer
        self.flags = {one.flag for one in finishing}  # that have one close when all is sent
        self.gone = [place for one in finishing for place in one.removed]
        self.hierarchies = hierarchies
        self.receivers = {use.place: use.receivers for use in outside if use.name == buffer.name}
        self.strange = {name for stranger in buffer.strangers for name in stranger.names}
        self.is_clear = True  # whose buffer is meant, everywhere
        self.parts: dict[str, Paired] = {}
        self.is_shared = bool(buffer.link)
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
        if not self.is_shared or not self.is_clear or (self.adds_received and self.adds_in_hooks):
            return False
        for writer in [buffer.writer] if buffer.link else buffer.holders:
            self._part(writer).is_sent_to = True
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
        name, part = definition.function.name, self._part(hierarchy)
        others = [
            node
            for node in walk(definition.function)
            if isinstance(node, ast.Attribute)
            and node.attr == self.buffer.name
            and self._is_others(hierarchy, definition, node)
            and not any(place.contains(definition.place(node)) for place in self.gone)
        ]
        if not others:
            return True
        if name in ("handle_write", "writable") and hierarchy is self.buffer.writer:
            return name == "handle_write" or self._only_asks(definition)
        if name == "readable":
            part.waits = only_waits(definition, self.buffer.name, self.hierarchies, self.flags)
            part.removed.append(definition.place(definition.function))
            part.seen.append(definition.place(definition.function))
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
        self.adds_received = self.adds_received or any(
            self_attribute(n, own) == "recv" for n in walk(value) if isinstance(n, ast.Attribute)
        )
        self.adds_in_hooks = self.adds_in_hooks or definition in hierarchy.reachable(*_HOOKS)
        text = f"{target}.send({definition.module.source.segment(value)})"
        part.rewritten.append(Replacement(place(statement), text))
        part.seen.append(place(statement))
        done.add(statement)
        link = target.partition(".")[2]
        if definition.function.name == "handle_read" and target == f"{own}.{link}" and "." not in link:
            part.partner = link
            for writer in [self.buffer.writer] if self.buffer.link else self.buffer.holders:
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
            for node in walk(definition.function):
                if not isinstance(node, ast.Assign) or definition.function.name == "__init__":
                    continue
                named = [n.attr for target in node.targets for n in walk(target) if isinstance(n, ast.Attribute)]
                if link in named and any(isinstance(n, ast.Constant) and n.value is None for n in walk(node.value)):
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
