"""send() becomes write(), which takes everything: what handle_write() did about the rest is folded away."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.input.predicates import is_log
from asyncore_codemods.analyse.output.sending import guards_send, pattern, taken_if_sent
from asyncore_codemods.analyse.values.syntax import is_self_attribute, parent_map, self_attribute, suites
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.spans import Place


_INHERITED = legacy.inherited_names(legacy.DISPATCHER)


@dataclass
class SendAll:
    """What becomes of a handle_write() where everything is sent."""

    removed: list[Place] = field(default_factory=list)
    replaced: list[Replacement] = field(default_factory=list)
    rewritten: list[Replacement] = field(default_factory=list)
    unwrapped: list[Place] = field(default_factory=list)


def read_send_all(definition: Definition, writer: str) -> SendAll | None:
    """Return what to change in a handle_write(), None if the rest is dealt with in an unusual way."""
    return _Reader(definition, writer).read()


def read_sent(hierarchy: Hierarchy, writer: str) -> list[SendAll]:
    """Return what becomes of the methods, other than handle_write(), that ask how much send() took."""
    if hierarchy.overrides("send"):
        return []
    asking = {use.method for _, use in hierarchy.uses("send") if use.is_call and not use.alone and not use.deferred}
    found = [
        _Reader(definition, writer, returns=hierarchy.root != legacy.DISPATCHER_WITH_SEND).read()
        for definition in hierarchy.definitions()
        if definition.function.name in asking - {"handle_write"}
    ]
    return [one for one in found if one is not None]


def _is_limit(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice) and node.lower is None and node.upper is not None and node.step is None


def _is_encoded(node: ast.expr) -> bool:
    """Tell whether what is sent is text that is encoded on the spot."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "encode"


def _shows(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return is_log(statement) or (isinstance(call, ast.Call) and ast.unparse(call.func) == "print")


def _says(statement: ast.stmt, sent: str) -> bool:
    """Tell whether a statement prints or logs how much was sent."""
    return _shows(statement) and any(isinstance(node, ast.Name) and node.id == sent for node in walk(statement))


def _counts(statement: ast.stmt, sent: str) -> bool:
    """Tell whether a statement adds how much was sent to something."""
    return (
        isinstance(statement, ast.AugAssign)
        and isinstance(statement.op, ast.Add)
        and isinstance(statement.value, ast.Name)
        and statement.value.id == sent
    )


_REST = "while {left}:\n    {sent} = {own}.send({piece}{part})\n    {piece} = {piece}[{sent}:]"
_COUNTED = "while {rest} < len({piece}):\n    "
_LOOPS = (
    *(_REST.replace("{left}", left) for left in ("{piece}", "len({piece})", "len({piece}) > 0")),
    _COUNTED + "{rest} += {own}.send({piece}[{rest}:])",
    *(
        _COUNTED + "{sent} = {own}.send({piece}[{rest}:])\n    " + check + count
        for check in ("", "if {sent} == 0:\n        {fails}\n    ", "if not {sent}:\n        {fails}\n    ")
        for count in ("{rest} += {sent}", "{rest} = {rest} + {sent}")
    ),
)


def _sent_in_loop(statement: ast.While, before: ast.stmt | None, own: str) -> tuple[str, list[ast.stmt]]:
    """Return the variable that a loop sends, "" if it does anything else, and a counter's start in front of it."""
    text = ast.unparse(statement)
    for shape in _LOOPS:
        found = pattern(shape, own).fullmatch(text)
        if found is None:
            continue
        if shape.startswith(_COUNTED):
            starts = before is not None and ast.unparse(before) == f"{found['rest']} = 0"
            return (found["piece"], [before]) if starts and before is not None else ("", [])
        return found["piece"], []
    return "", []


class _Reader:
    def __init__(self, definition: Definition, writer: str, *, returns: bool = True) -> None:
        self.definition = definition
        self.returns = returns  # send() of a dispatcher_with_send returns nothing
        self.own = definition.self_name
        self.writer = writer
        self.parents = parent_map(definition.function)
        self.source = definition.module.source
        self.found = SendAll()
        self.settled: set[ast.AST] = set()
        self.seen: set[ast.AST] = set()
        self.results: set[str] = set()  # the variables for how much was sent
        self.folded: set[ast.AST] = set()  # and where they were asked
        self.is_shrunk = False  # the buffer no longer has what was sent

    def read(self) -> SendAll | None:
        for block in self._blocks(self.definition.function.body):
            for index, statement in enumerate(block):
                following = block[index + 1 :]
                if guards_send(statement, self.own):
                    assert isinstance(statement, ast.Try)
                    self.found.unwrapped.append(self.definition.place(statement))
                    following = [*statement.orelse, *following]
                    statement = statement.body[0]  # noqa: PLW2901  which stays
                if statement in self.seen or self._loops(statement, block[:index]):
                    continue
                if not self._statement(statement, following):
                    return None
                self.seen.add(statement)
        for node in walk(self.definition.function):
            if is_self_attribute(node, self.own, "send") and node not in self.settled:
                return None  # its value is used, or it is passed on
            named = isinstance(node, ast.Name) and node.id in self.results and isinstance(node.ctx, ast.Load)
            if named and (node not in self.folded or not self.returns):
                return None  # how much was sent is asked somewhere else, or was never told
        return self.found

    def _blocks(self, body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
        yield body
        for statement in body:
            for suite in suites(statement):
                yield from self._blocks(suite)

    def _statement(self, statement: ast.stmt, following: list[ast.stmt]) -> bool:
        """Change a statement that sends, and those behind it that use what it returned."""
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign) and self._keeps_rest(statement):
            self._is_asked(ast.unparse(statement.targets[0]), following)
            return True
        if not isinstance(value, ast.Call) or not is_self_attribute(value.func, self.own, "send"):
            return True
        if len(value.args) != 1 or value.keywords:
            return False
        given = value.args[0]
        if any(self_attribute(node, self.own) in _INHERITED for node in walk(given)):
            return False
        if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add) and self.returns:
            self.settled.add(value.func)
            self._writes(statement, given, f"{self.source.segment(statement.target)} += len({{}})")
            return True
        if isinstance(statement, ast.Expr):
            self.settled.add(value.func)
            self._writes(statement, given)
            return True
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            return False
        self.settled.add(value.func)
        if isinstance(given, ast.Subscript) and isinstance(given.value, ast.Name) and _is_limit(given.slice):
            given = given.value  # the limit was for the kernel's sake
        sent = statement.targets[0].id
        part = isinstance(given, ast.Subscript)  # which has no name of its own yet
        named = any(_counts(s, sent) or self._is_told(s, sent, given) for s in following)
        named = named or (part and any(_says(s, sent) for s in following))
        self._writes(statement, given, "" if named else None)
        self.results.add(sent)
        return self._rest(sent, given, following)

    def _keeps_rest(self, statement: ast.Assign) -> bool:
        """Change `self.buffer = self.buffer[self.send(self.buffer):]`, which has nothing left to keep."""
        target, value = statement.targets[0], statement.value
        part = value.slice if isinstance(value, ast.Subscript) else None
        call = part.lower if isinstance(part, ast.Slice) and part.upper is part.step is None else None
        buffer = ast.unparse(target)
        if self_attribute(target, self.own) is None or not isinstance(call, ast.Call):
            return False
        if ast.unparse(statement) != f"{buffer} = {buffer}[{self.own}.send({buffer}):]":
            return False
        self.settled.add(call.func)
        self._writes(statement, target)
        written = self.found.rewritten.pop()
        self.found.rewritten.append(Replacement(written.place, f"{written.text}\n{self._emptied(target)}"))
        return True

    def _emptied(self, buffer: ast.expr) -> str:
        """Return what leaves nothing in a buffer, which goes on being a bytearray if it is one."""
        text = self.source.segment(buffer)
        return f"{text}.clear()" if self._may_change(buffer) else f'{text} = b""'

    def _writes(self, statement: ast.stmt, given: ast.expr, counts: str | None = None) -> None:
        """Write what is given; what *counts* it has a name for it, {}, and follows."""
        text = given.id if isinstance(given, ast.Name) else self.source.segment(given)
        if self._may_change(given):
            text = f"bytes({text})"  # a transport may keep it
        lines = []
        if counts is not None and not isinstance(given, ast.Name):
            lines, text = [f"{self._piece()} = {text}"], self._piece()
        lines.append(f"{self.own}.{self.writer}.write({text})")
        lines += [counts.format(text)] if counts else []
        self.found.rewritten.append(Replacement(self.definition.place(statement), "\n".join(lines)))

    def _piece(self) -> str:
        """Return a name for what is sent that the method has no other use for."""
        taken = {node.id for node in walk(self.definition.function, ast.Name)}
        return next(name for name in ("piece", "part", "sent_data", "piece_of_data") if name not in taken)

    def _loops(self, statement: ast.stmt, before: list[ast.stmt]) -> bool:
        """Change a loop that does nothing but send a variable, bit by bit, until all of it is gone."""
        if not isinstance(statement, ast.While) or statement.orelse or not self.returns:
            return False
        start = before[-1] if before else None
        name, gone = _sent_in_loop(statement, start, self.own)
        nodes = {node for s in (statement, *gone) for node in walk(s)}
        inside = {node.id for node in nodes if isinstance(node, ast.Name)} - {name, self.own, "len"}
        outside = [n for n in walk(self.definition.function, ast.Name) if n not in nodes]
        later = [n for n in outside if n.id == name and n.lineno > statement.lineno]
        if not name or later or any(n.id in inside for n in outside):
            return False
        first, *others = statement.body
        self.found.unwrapped.append(self.definition.place(statement))
        self.found.removed += [self.definition.place(s) for s in (*gone, *others)]
        self._writes(first, ast.Name(name))
        self.settled |= {node for node in nodes if is_self_attribute(node, self.own, "send")}
        self.seen |= {node for node in nodes if isinstance(node, ast.stmt)}
        return True

    def _may_change(self, given: ast.expr) -> bool:
        """Tell whether what is sent is, or may be, a bytearray that is changed later."""
        whole = given.value if isinstance(given, ast.Subscript) else given
        name = self_attribute(whole, self.own)
        if name is None or isinstance(given, ast.Subscript):
            return False
        values = [
            node.value
            for heir in (self.definition.entry, *self.definition.entry.descendants())  # which may make the buffer
            for member in heir.lineage()
            for node in walk(member.node, ast.Assign)
            if any(getattr(t, "attr", "") == name for t in node.targets)
        ]
        return any("bytearray" in ast.unparse(value) for value in values)

    def _rest(self, sent: str, given: ast.expr, following: list[ast.stmt]) -> bool:
        """Fold the statements behind `sent = self.send(given)`, in which `sent` is `len(given)`."""
        whole = ast.unparse(given)
        if isinstance(given, ast.Call) and ast.unparse(given.func) in ("bytes", "memoryview") and given.args:
            whole = ast.unparse(given.args[0])
        elif _is_encoded(given):
            whole = ast.unparse(given.func.value)  # type: ignore[attr-defined]  # it is x.encode()
        self.is_shrunk = False
        for index, statement in enumerate(following):
            named = [n for n in walk(statement, ast.Name) if n.id == sent]
            if any(isinstance(n.ctx, ast.Store) for n in named):
                return isinstance(statement, ast.Assign)  # the name is for the next send() now
            if named and not self._fold(statement, sent, given, whole):
                return False
            if ast.unparse(statement) in (f"{whole} = {whole}[{sent}:]", f"del {whole}[:{sent}]"):
                self._is_asked(whole, following[index + 1 :])
            self.folded.update(named)
        return True

    def _is_asked(self, emptied: str, following: list[ast.stmt]) -> None:
        """Unwrap what stands behind a buffer's end and asks whether there is anything left in it."""
        first = following[0] if following else None
        tests = (f"not {emptied}", f"len({emptied}) == 0")
        if isinstance(first, ast.If) and not first.orelse and ast.unparse(first.test) in tests:
            self.found.unwrapped.append(self.definition.place(first))

    def _fold(self, statement: ast.stmt, sent: str, given: ast.expr, whole: str) -> bool:
        place, text = self.definition.place(statement), ast.unparse(statement)
        taken = taken_if_sent(statement, sent)
        if taken is not None:
            self.found.unwrapped.append(place)
            return self._fold(taken, sent, given, whole)
        if isinstance(statement, ast.If):
            return not self.is_shrunk and self._fold_test(statement, sent, whole)
        if _counts(statement, sent):
            assert isinstance(statement, ast.AugAssign)
            piece = given.id if isinstance(given, ast.Name) else self._piece()
            self.found.replaced.append(Replacement(self.definition.place(statement.value), f"len({piece})"))
            return True
        if self._is_told(statement, sent, given):
            return self._tells(statement, sent, self._piece(), self._piece())
        part = given if isinstance(given, ast.Subscript) and isinstance(given.slice, ast.Slice) else None
        if part is not None and part.slice.lower is None and part.slice.upper is not None:  # type: ignore[attr-defined]  # a slice, see above
            buffer, most = ast.unparse(part.value), self.source.segment(part.slice.upper)  # type: ignore[attr-defined]
            if text in (f"{buffer} = {buffer}[{sent}:]", f"del {buffer}[:{sent}]"):
                again = text.replace(f"[{sent}:]", f"[{most}:]").replace(f"[:{sent}]", f"[:{most}]")
                self.found.rewritten.append(Replacement(place, again))
                self.is_shrunk = True
                return True
            return self._tells_of_buffer(statement, sent, given, whole)
        if text == f"{whole} = {whole}[{sent}:]":
            assert isinstance(statement, ast.Assign)
            empty = f'{whole} = ""' if _is_encoded(given) else self._emptied(statement.targets[0])
            self.found.rewritten.append(Replacement(place, empty))
            self.is_shrunk = True
        elif text == f"del {whole}[:{sent}]":
            self.found.rewritten.append(Replacement(place, f"{whole}.clear()"))
            self.is_shrunk = True
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.IfExp):
            chosen = statement.value
            if not self._is_partly(chosen.test, sent, whole):
                return False
            value = self.definition.place(chosen)
            self.found.replaced.append(Replacement(value, self.source.segment(chosen.orelse)))
        elif isinstance(given, ast.Name):
            return self._tells(statement, sent, given.id, given.id)
        else:
            return self._tells_of_buffer(statement, sent, given, whole)
        return True

    def _fold_test(self, statement: ast.If, sent: str, whole: str) -> bool:
        """Fold an `if` that asks whether everything was sent: one of its two blocks is for the rest."""
        partly = self._is_partly(statement.test, sent, whole)
        if not partly and not self._is_wholly(statement.test, sent, whole):
            return False
        kept, dropped = (statement.orelse, statement.body) if partly else (statement.body, statement.orelse)
        if any(isinstance(n, ast.Name) and n.id == sent for s in kept for n in walk(s)):
            return False
        if not kept:
            self.found.removed.append(self.definition.place(statement))
            return True
        self.found.unwrapped.append(self.definition.place(statement))
        self.found.removed += [self.definition.place(s) for s in (dropped if partly else ())]
        return True

    @staticmethod
    def _is_told(statement: ast.stmt, sent: str, given: ast.expr) -> bool:
        """Tell whether a statement says how much was sent of something that has no name yet."""
        return _says(statement, sent) and not isinstance(given, (ast.Name, ast.Attribute, ast.Subscript))

    def _tells_of_buffer(self, statement: ast.stmt, sent: str, given: ast.expr, whole: str) -> bool:
        """Do the same where the buffer itself is sent, as long as what was sent is still in it."""
        buffer = ast.unparse(given.value) if isinstance(given, ast.Subscript) else whole
        if self.is_shrunk or not _shows(statement) or not isinstance(given, (ast.Attribute, ast.Subscript)):
            return False
        whole = self._piece() if isinstance(given, ast.Subscript) else self.source.segment(given)
        return self._tells(statement, sent, whole, buffer)

    def _tells(self, statement: ast.stmt, sent: str, whole: str, buffer: str) -> bool:
        """Replace what says how much was sent, and what it was, in a statement that changes neither.

        *whole* is what was sent, and stands in *buffer*.
        """
        sends = any(is_self_attribute(node, self.own, "send") for node in walk(statement))
        if not isinstance(statement, ast.Expr) or sends:
            return False  # what sends will be rewritten itself
        for node in walk(statement):
            if isinstance(node, ast.Subscript) and ast.unparse(node) == f"{buffer}[:{sent}]":
                self.found.replaced.append(Replacement(self.definition.place(node), whole))
            elif isinstance(node, ast.Name) and node.id == sent:
                outer = self.parents[self.parents[node]]
                if ast.unparse(outer) != f"{buffer}[:{sent}]":
                    self.found.replaced.append(Replacement(self.definition.place(node), f"len({whole})"))
        return True

    @staticmethod
    def _is_partly(test: ast.expr, sent: str, whole: str) -> bool:
        return ast.unparse(test) in (
            f"{sent} < len({whole})",
            f"{sent} != len({whole})",
            f"len({whole}) > {sent}",
            f"len({whole}) != {sent}",
            f"{whole}[{sent}:]",
            f"len({whole}[{sent}:])",
            f"len({whole}[{sent}:]) > 0",
        )

    @staticmethod
    def _is_wholly(test: ast.expr, sent: str, whole: str) -> bool:
        return ast.unparse(test) in (
            f"{sent} == len({whole})",
            f"{sent} >= len({whole})",
            f"len({whole}) == {sent}",
            f"len({whole}) <= {sent}",
            f"not {whole}[{sent}:]",
        )
