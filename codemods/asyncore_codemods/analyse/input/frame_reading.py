"""How found_terminator() reads the buffer: where it takes the frame, where it empties the buffer, path by path."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.flow import PathWalker
from asyncore_codemods.analyse.values.syntax import (
    is_self_attribute,
    parent_map,
    self_attribute,
    significant,
    statement_around,
)
from asyncore_codemods.analyse.values.versions import chosen_by_version
from asyncore_codemods.model.sessions import InputIdiom, Replacement
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.hierarchies import Definition
    from asyncore_codemods.analyse.input.collecting import Collected
    from asyncore_codemods.index.project import Project
    from asyncore_codemods.spans import Span

_MAY_RAISE = (ast.Call, ast.BinOp, ast.Subscript, ast.Compare, ast.Raise, ast.Assert, ast.For, ast.While, ast.With)


def is_empty(value: ast.expr) -> bool:
    """Tell whether *value* is an empty buffer of some kind."""
    if isinstance(value, ast.Constant):
        return value.value in (b"", "")
    if isinstance(value, (ast.List, ast.Tuple)):
        return not value.elts
    if isinstance(value, ast.Call) and not value.args and not value.keywords:
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return name in ("bytearray", "bytes", "str", "list", "BytesIO", "StringIO")
    return False


class FrameReader:
    """found_terminator() as a reader of the buffer: where it takes the frame, where it empties the buffer."""

    def __init__(self, project: Project, definition: Definition, shape: Collected) -> None:
        self.definition = definition
        self.shape = shape
        self.own = definition.self_name
        self.parents = parent_map(definition.function)
        self.takes: list[ast.expr] = []
        self.resets: list[ast.expr] = []  # the self.buffer node of each reset
        self.both: list[ast.expr] = []  # self._get_data(): takes and empties
        # `b"".join(buf) if PY3 else "".join(buf)`, by what it comes to
        self.choices: dict[ast.expr, ast.expr] = {}
        for choice in (node for node in walk(definition.function) if isinstance(node, ast.IfExp)):
            chosen = chosen_by_version(project, definition.module, choice)
            if chosen is not choice:
                self.choices.setdefault(chosen, choice)

    def understood(self) -> bool:
        """Tell whether every path takes the frame at most once and leaves the buffer empty."""
        function = self.definition.function
        if len(function.args.args) != 1 or function.decorator_list or function.args.vararg:
            return False
        if isinstance(function, ast.AsyncFunctionDef):
            return False
        idle = {n for chosen, choice in self.choices.items() for n in {*walk(choice)} - {*walk(chosen)}}
        for node in walk(function):
            if self_attribute(node, self.own) == "found_terminator":
                return False
            if isinstance(node, ast.Attribute) and node.attr == "found_terminator":
                return False
            if is_self_attribute(node, self.own, "_get_data"):
                call = self.parents.get(node)
                if self.shape.kind != "incoming" or not isinstance(call, ast.Call):
                    return False
                self.both.append(call)
            if self_attribute(node, self.own) == self.shape.attribute:
                assert isinstance(node, ast.Attribute)
                if node not in idle and not self._classify(node):
                    return False
        self.takes = [self.choices.get(take, take) for take in self.takes]
        if not self.takes and not self.both:
            return False
        if any(self_attribute(node, self.own) == self.shape.attribute for node in idle - self._nodes_taken()):
            return False
        walker: PathWalker[str] = PathWalker(self._step)
        return walker.exits(function, frozenset({"full"})) == {"empty"} and not self._taken_twice

    _taken_twice = False

    def empties_first(self) -> bool:
        """Tell whether nothing can raise before the buffer is empty."""
        taking = self._nodes_taken()
        for statement in significant(self.definition.function.body):
            last = statement.finalbody if isinstance(statement, ast.Try) else []
            if any(node in self.resets for inner in last for node in walk(inner)):
                return True
            nodes = list(walk(statement))
            if any(isinstance(node, _MAY_RAISE) and node not in taking for node in nodes):
                return False
            if any(node in self.resets or node in self.both for node in nodes):
                return True
        return False

    def _nodes_taken(self) -> set[ast.AST]:
        return {node for take in [*self.takes, *self.both] for node in walk(take)}

    def _step(self, node: ast.AST, state: str) -> frozenset[str]:
        inside = list(walk(node))
        for candidate in inside:
            if candidate in self.takes or candidate in self.both:
                if state == "empty":
                    self._taken_twice = True
                if candidate in self.both:
                    state = "empty"
        if any(candidate in self.resets for candidate in inside):
            state = "empty"
        return frozenset({state})

    def _classify(self, node: ast.Attribute) -> bool:
        """File one appearance of the buffer as a take or as a reset; return False if it is neither."""
        parent = self.parents.get(node)
        if isinstance(node.ctx, ast.Store):
            return self._is_reset_target(node, parent)
        if isinstance(parent, ast.Subscript) and is_stored(parent):
            # del self.buffer[:], self.buffer[:] = []
            statement = self.parents.get(parent)
            full = isinstance(parent.slice, ast.Slice) and parent.slice.lower is None and parent.slice.upper is None
            if full and isinstance(statement, ast.Delete) and len(statement.targets) == 1:
                self.resets.append(node)
                return True
            if full and isinstance(statement, ast.Assign) and is_empty(statement.value):
                self.resets.append(node)
                return True
            return False
        if isinstance(parent, ast.Attribute) and isinstance(self.parents.get(parent), ast.Call):
            call = self.parents[parent]
            assert isinstance(call, ast.Call)
            if parent.attr == "clear" and isinstance(self.parents.get(call), ast.Expr):
                self.resets.append(node)
                return True
        return self._is_take(node, parent)

    def _is_reset_target(self, node: ast.expr, parent: ast.AST | None) -> bool:
        if isinstance(parent, ast.Assign) and parent.targets == [node] and is_empty(parent.value):
            self.resets.append(node)
            return True
        if isinstance(parent, ast.Tuple):
            statement = self.parents.get(parent)
            if (
                isinstance(statement, ast.Assign)
                and len(statement.targets) == 1
                and isinstance(statement.value, ast.Tuple)
                and len(parent.elts) == len(statement.value.elts) == 2
                and is_empty(statement.value.elts[parent.elts.index(node)])
            ):
                self.resets.append(node)
                return True
        return False

    def _is_take(self, node: ast.expr, parent: ast.AST | None) -> bool:
        kind = self.shape.kind
        if kind in ("list", "incoming"):
            if (
                isinstance(parent, ast.Call)
                and parent.args == [node]
                and isinstance(parent.func, ast.Attribute)
                and parent.func.attr == "join"
                and isinstance(parent.func.value, ast.Constant)
                and parent.func.value.value == ("" if self.shape.decode or self.shape.is_text else b"")
            ):
                self.takes.append(parent)
                return True
            return False
        if kind == "file":
            call = self.parents.get(parent) if isinstance(parent, ast.Attribute) else None
            if isinstance(parent, ast.Attribute) and parent.attr == "getvalue" and isinstance(call, ast.Call):
                self.takes.append(call)
                return True
            return False
        if kind == "bytearray" or self._starts_as_bytearray():
            return self._is_bytearray_take(node, parent)
        self.takes.append(node)
        return True

    def _is_bytearray_take(self, node: ast.expr, parent: ast.AST | None) -> bool:
        if (
            isinstance(parent, ast.Call)
            and parent.args == [node]
            and isinstance(parent.func, ast.Name)
            and parent.func.id == "bytes"
        ):
            self.takes.append(parent)
            return True
        if isinstance(parent, ast.Attribute) and parent.attr in ("decode", "split", "strip", "rstrip", "partition"):
            self.takes.append(node)
            return parent.attr == "decode"
        return False

    def _starts_as_bytearray(self) -> bool:
        return any(
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "bytearray"
            and any(getattr(target, "attr", None) == self.shape.attribute for target in node.targets)
            for node in walk(self.definition.entry.node)
        )

    def names_taken(self) -> set[str]:
        """Return the variables that the bare frame is assigned to."""
        names = set()
        for take in [*self.takes, *self.both]:
            target = self._assigned_name(take)
            if target and not self.shape.decode:
                names.add(target)
        return names

    def _assigned_name(self, take: ast.expr) -> str:
        parent = self.parents.get(take)
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            return parent.targets[0].id
        if isinstance(parent, ast.Tuple):
            statement = self.parents.get(parent)
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
                target = statement.targets[0].elts[parent.elts.index(take)]
                if isinstance(target, ast.Name):
                    return target.id
        return ""

    def accepts(self, name: str) -> bool:
        """Tell whether the frame can be called *name* here without hiding or being hidden by something."""
        allowed: set[ast.AST] = set()
        for take in [*self.takes, *self.both]:
            statement = statement_around(take, self.parents)
            if isinstance(statement, ast.Assign):
                allowed |= {n for target in statement.targets for n in walk(target)}
        only_one = len(self.takes) + len(self.both) == 1
        for node in walk(self.definition.function, ast.Name):
            if node.id != name or not isinstance(node.ctx, ast.Store):
                continue
            if node not in allowed and not (only_one and self._comes_later(node)):
                return False
        if any(arg.arg == name for arg in walk(self.definition.function, ast.arg)):
            return False
        bound = any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
            for n in walk(self.definition.function)
        )
        read = any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
            for n in walk(self.definition.function)
        )
        return bound or not read  # read but never bound: a global of that name

    def _comes_later(self, node: ast.Name) -> bool:
        take = (self.takes or self.both)[0]
        return node.lineno > take.lineno

    def reads_often(self) -> bool:
        """Tell whether the frame is looked at in several places, or where no quotes may stand."""
        takes = [*self.takes, *self.both]
        return len(takes) > 1 or any(
            isinstance(above, ast.JoinedStr) for take in takes for above in self._above(take)
        )

    def _above(self, node: ast.AST) -> Iterator[ast.AST]:
        above = self.parents.get(node)
        while above is not None:
            yield above
            above = self.parents.get(above)

    def rewrite(self, parameter: str, idiom: InputIdiom) -> bool:
        """Add to *idiom* what must be removed and replaced in this method."""
        text = parameter if idiom.decode else parameter + self.shape.decode
        done: set[ast.stmt] = set()
        for reset in self.resets:
            statement = statement_around(reset, self.parents)
            if statement in done:
                continue
            done.add(statement)
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
                if not self._rewrite_pair(statement, reset, text, idiom):
                    return False
            else:
                idiom.removed.append(self.definition.place(statement))
        for take in [*self.takes, *self.both]:
            statement = statement_around(take, self.parents)
            if statement in done:
                continue
            if self.parents.get(take) is statement and self._assigned_name(take) == text:
                idiom.removed.append(self.definition.place(statement))
            elif isinstance(statement, ast.Expr) and statement.value is take:
                idiom.removed.append(self.definition.place(statement))  # a frame read and thrown away
            else:
                idiom.replaced.append(Replacement(self.definition.place(take), text))
        return True

    def _rewrite_pair(self, statement: ast.Assign, reset: ast.expr, text: str, idiom: InputIdiom) -> bool:
        """`line, self.buffer = <take>, b""` becomes `line = <frame>`, or nothing."""
        targets, values = statement.targets[0], statement.value
        assert isinstance(targets, ast.Tuple)
        assert isinstance(values, ast.Tuple)
        index = targets.elts.index(reset)
        target, value = targets.elts[1 - index], values.elts[1 - index]
        source = self.definition.module.source
        inside = [take for take in [*self.takes, *self.both] if take in list(walk(value))]
        if len(inside) > 1:
            return False
        value_text: str | None = source.segment(value)
        if inside and value_text is not None:
            value_text = _replace_inside(source.span(value), value_text, source.span(inside[0]), text)
            if value_text is None:
                return False
        if isinstance(target, ast.Name) and target.id == value_text:
            idiom.removed.append(self.definition.place(statement))
        else:
            code = f"{source.segment(target)} = {value_text}"
            idiom.rewritten.append(Replacement(self.definition.place(statement), code))
        return True


def _replace_inside(outer: Span, text: str, inner: Span, new: str) -> str | None:
    """Return *text*, which stands at *outer*, with the part at *inner* replaced; None if it spans lines."""
    if outer.line != outer.end_line:
        return None
    start = inner.column - outer.column
    return text[:start] + new + text[inner.end_column - outer.column :]
