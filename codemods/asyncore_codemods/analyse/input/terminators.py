"""Every terminator that a class sets, and what kind of value it is."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.input.text_mode import as_bytes, encodes_terminators
from asyncore_codemods.analyse.values.numbers import (
    calls,
    excludes_negative,
    excludes_zero,
    is_tested,
    never_negative,
    number_like,
)
from asyncore_codemods.analyse.values.syntax import constant_of, declared_global, parent_map, self_attribute
from asyncore_codemods.analyse.values.versions import chosen_by_version
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Use

BYTES, COUNT, ZERO, NONE, TEXT, UNKNOWN = "bytes", "count", "zero", "none", "text", "unknown"


@dataclass
class Terminator:
    """One value that the terminator is set to."""

    node: ast.expr
    place: Place
    kind: str
    value: object = None
    stable: str = ""  # an expression with the same value in any method, "" if there is none
    definition: Definition | None = None
    use: Use | None = None
    entry: ClassEntry | None = None
    may_be_negative: bool = False
    bytes_text: str = ""  # for a text: the expression that has its bytes

    @property
    def text(self) -> str:
        """What the terminator is set to in rewritten code."""
        assert self.definition is not None
        return self.bytes_text or self.definition.module.source.segment(self.node)


@dataclass
class Found:
    """The terminators of a class, or why they are not understood."""

    terminators: list[Terminator] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def terminators_of(hierarchy: Hierarchy) -> Found:
    """Return every terminator that the methods and the class attributes of *hierarchy* set."""
    found = Found()
    for definition in hierarchy.definitions():
        _read_method(hierarchy, definition, found)
    _read_class_attributes(hierarchy, found)
    return found


def _read_method(hierarchy: Hierarchy, definition: Definition, found: Found) -> None:
    entry, function = definition.entry, definition.function
    if function.name in ("set_terminator", "get_terminator"):
        found.reasons.append(Reason(Code.OVERRIDE, f"overrides {function.name}()", definition.place(function)))
        return
    parents = parent_map(function)
    span = definition.place(function).span
    for use in hierarchy.facts[entry.qualname].uses:
        if use.name not in ("set_terminator", "terminator") or not span.contains(use.span):
            continue
        node = _node_at(function, definition, use)
        if use.name == "set_terminator":
            if not use.is_call or len(use.arguments) != 1 or not use.alone or use.deferred:
                found.reasons.append(
                    Reason(
                        Code.TERMINATOR,
                        "uses set_terminator() as a value",
                        Place(str(definition.module.path), use.span),
                    )
                )
                continue
            call = parents[node]
            assert isinstance(call, ast.Call)
            value = call.args[-1] if call.args else call.keywords[0].value
            found.terminators.append(_describe(hierarchy, definition, value, use))
        elif use.kind is Kind.WRITE:
            if not use.alone:
                found.reasons.append(
                    Reason(
                        Code.TERMINATOR,
                        "changes self.terminator in place",
                        Place(str(definition.module.path), use.span),
                    )
                )
                continue
            statement = parents[node]
            assert isinstance(statement, (ast.Assign, ast.AnnAssign))
            assert statement.value is not None
            found.terminators.append(_describe(hierarchy, definition, statement.value, use))
        elif use.kind is Kind.DELETE:
            found.reasons.append(
                Reason(Code.TERMINATOR, "deletes self.terminator", Place(str(definition.module.path), use.span))
            )


def _node_at(function: ast.AST, definition: Definition, use: Use) -> ast.AST:
    source = definition.module.source
    return next(node for node in walk(function, ast.Attribute) if source.span(node) == use.span)


def _read_class_attributes(hierarchy: Hierarchy, found: Found) -> None:
    for member in hierarchy.members:
        for statement in member.node.body:
            if isinstance(statement, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == "terminator" for t in statement.targets
            ):
                place = Place(str(member.module.path), member.module.source.span(statement.value))
                kind, value = _kind_of(member.module, statement.value)
                found.terminators.append(
                    Terminator(statement.value, place, kind, value, "self.terminator", entry=member)
                )


def _describe(hierarchy: Hierarchy, definition: Definition, node: ast.expr, use: Use) -> Terminator:
    module, own = definition.module, definition.self_name
    node = chosen_by_version(hierarchy.project, module, node)
    kind, value = _kind_of(module, node)
    stable = ""
    attribute = self_attribute(node, own)
    if attribute is not None:
        kind, value = _class_constant(hierarchy, attribute)
        stable = f"self.{attribute}" if kind != UNKNOWN else ""
    elif constant_of(node)[0] or (isinstance(node, (ast.Name, ast.Attribute)) and kind != UNKNOWN):
        stable = module.source.segment(node)
    elif calls(node, "encode"):
        kind, value = _encoded(hierarchy, definition, node)
        stable = module.source.segment(node) if kind != UNKNOWN else ""
    signed = False
    if kind == UNKNOWN:
        kind = _kind_of_local(definition, node)
        signed = not never_negative(definition, node, 0) and not is_tested(definition, node, excludes_negative)
    return Terminator(node, definition.place(node), kind, value, stable, definition, use, definition.entry, signed)


def _encoded(hierarchy: Hierarchy, definition: Definition, node: ast.expr) -> tuple[str, object]:
    """Return the kind and value of `EOL.encode()` or `self.eol.encode("ascii")`, where that is a constant."""
    assert isinstance(node, ast.Call)
    known = [constant_of(argument) for argument in node.args]
    if not isinstance(node.func, ast.Attribute) or node.keywords or not all(one for one, _ in known):
        return UNKNOWN, None
    attribute = self_attribute(node.func.value, definition.self_name)
    if attribute is not None and not _is_set_anywhere(hierarchy, attribute):
        _, text = _class_constant(hierarchy, attribute)
    elif attribute is not None:
        return UNKNOWN, None
    else:
        _, text = _kind_of(definition.module, node.func.value)
    if not isinstance(text, str):
        return UNKNOWN, None
    try:
        value = text.encode(*(str(argument) for _, argument in known))
    except (LookupError, TypeError, UnicodeError):
        return UNKNOWN, None
    return _kind_of_value(value), value


def _is_set_anywhere(hierarchy: Hierarchy, attribute: str) -> bool:
    """Tell whether an attribute is set outside a class body, of whatever object."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == attribute and is_stored(node)
        for module in hierarchy.project.modules.values()
        if attribute in module.source.text
        for node in walk(module.source.tree)
    )


def _kind_of(module: Module, node: ast.expr) -> tuple[str, object]:
    """Return what sort of terminator *node* is, and its value if that is written in the source."""
    known, value = constant_of(node)
    if known:
        return _kind_of_value(value), value
    if isinstance(node, ast.IfExp):
        return _common_kind([_kind_of(module, branch) for branch in (node.body, node.orelse)])
    if isinstance(node, ast.Name):
        assigned = module.assigned.get(node.id, [])
        if len(assigned) == 1 and not _rebound(module, node.id):
            return _kind_of(module, assigned[0])
    if isinstance(node, ast.Attribute) and node.attr == "size" and isinstance(node.value, ast.Name):
        assigned = module.assigned.get(node.value.id, [])
        if len(assigned) == 1 and calls(assigned[0], "Struct"):
            return COUNT, None
    if calls(node, "calcsize"):
        return COUNT, None
    if calls(node, "encode") or calls(node, "bytes"):
        return UNKNOWN, None
    return UNKNOWN, None


def _kind_of_value(value: object) -> str:
    if value is None:
        return NONE
    if isinstance(value, str):
        return TEXT
    if isinstance(value, bytes):
        return BYTES if value else ZERO
    if isinstance(value, int) and not isinstance(value, bool):
        return COUNT if value > 0 else ZERO
    return UNKNOWN


def _rebound(module: Module, name: str) -> bool:
    """Tell whether a module-level name is assigned anywhere else, through `global` for instance."""
    return name in declared_global(module.source.tree) or any(
        isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id == name
        for node in walk(module.source.tree)
    )


def _class_constant(hierarchy: Hierarchy, attribute: str) -> tuple[str, object]:
    """Return the kind and value of a class attribute that no method and no subclass assigns again."""
    values: list[tuple[Module, ast.expr]] = []
    for member in hierarchy.members:
        for statement in member.node.body:
            if isinstance(statement, ast.Assign):
                values += [
                    (member.module, statement.value)
                    for target in statement.targets
                    if isinstance(target, ast.Name) and target.id == attribute
                ]
        if any(write.name == attribute for write in hierarchy.facts[member.qualname].writes):
            return UNKNOWN, None
    found = [_kind_of(*value) for value in values]
    return found[0] if len(found) == 1 else _common_kind(found)  # subclasses have ends of their own


def _common_kind(found: Iterable[tuple[str, object]]) -> tuple[str, object]:
    """Return what sort of terminator each of several is, if they are all delimiters or all counts."""
    kinds = {kind for kind, _ in found}
    return (kinds.pop() if kinds in ({BYTES}, {COUNT}) else UNKNOWN), None


def _kind_of_local(definition: Definition, node: ast.expr) -> str:
    """Find out whether a computed terminator can only be a positive number."""
    numbers = number_like(definition, node, 0)
    if numbers and is_tested(definition, node, excludes_zero):
        return COUNT
    return "number" if numbers else UNKNOWN


# -- the verdict


def handles_text(hierarchy: Hierarchy) -> bool:
    """Tell whether a class sets a terminator that is text, and means it."""
    return any(t.kind == TEXT for t in terminators_of(hierarchy).terminators) and not encodes_terminators(hierarchy)


def encode_all(hierarchy: Hierarchy, terminators: list[Terminator]) -> bool:
    """Turn terminators that are text into bytes; return whether the class handles text."""
    encoding = encodes_terminators(hierarchy)
    texts = [terminator for terminator in terminators if terminator.kind == TEXT]
    mixed = {terminator.kind for terminator in terminators} & {BYTES, UNKNOWN}
    if mixed and not encoding:
        return False
    for terminator in texts:
        _encode(terminator, encoding)
    return bool(texts) and not encoding


def _encode(terminator: Terminator, encoding: str) -> None:
    if encoding and terminator.use is None:
        return  # asynchat only encodes what set_terminator() is given
    try:
        value = str(terminator.value).encode(encoding or "utf-8")
    except (LookupError, UnicodeError):
        return
    text = terminator.stable
    if terminator.definition is not None:
        text = terminator.definition.module.source.segment(terminator.node)
    argument = f'"{encoding}"' if encoding else ""
    terminator.bytes_text = f"{text}.encode({argument})"
    if isinstance(terminator.node, ast.Constant) and terminator.definition is not None:
        terminator.bytes_text = as_bytes(text, encoding or "utf-8")
    terminator.kind, terminator.value = BYTES if value else ZERO, value
    terminator.stable = terminator.bytes_text if terminator.stable else ""
