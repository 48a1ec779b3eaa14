"""Whether a program's log is part of what it prints.

asyncore told of uncaught exceptions past the log, with a line on standard output. asyncio code logs them, which is
as good as long as the log is not read for what the program says. Where it goes to standard output it is: there,
tracebacks go to standard error instead, and what asyncio itself logs while it debugs is kept out. A stream that is
not known may be standard output, and so may be what a handler of the program's own does with its records. A log
that goes to a file has the tracebacks, but nothing of asyncio's own: others may read it, too.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import last_name, parent_map, statement_around, values_given
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project

_QUIET_LEVELS = frozenset({"INFO", "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL"})
HUSH = 'logging.getLogger("asyncio").setLevel(logging.INFO)  # it would say which selector it uses'


@dataclass
class LogOutput:
    """What sends the log to standard output."""

    statements: list[Place] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)  # these, and what sends it to a file, one in each block
    leaving: set[Place] = field(default_factory=set)  # those of places behind which nothing is run
    is_detailed: bool = False  # at a level at which asyncio has something to say as well


def log_output(project: Project) -> LogOutput:
    """Return where the log of *project* goes, which is looked for once."""
    return project.once(_read)


def _read(project: Project) -> LogOutput:
    found = LogOutput()
    for module in project.modules.values():
        text = module.source.text
        if "logging" not in text:
            continue
        blocks: set[tuple[int, str]] = set()
        for node in walk(module.source.tree):
            goes_out = isinstance(node, ast.Call) and _goes_to_output(project, module, node)
            if isinstance(node, ast.Call) and (goes_out or _is_kept(project, module, node)):
                statement = statement_around(node, parent_map(module.source.tree))
                place = Place(str(module.path), module.source.span(statement))
                found.statements += [place] if goes_out else []
                block = _block(module, statement)
                found.places += [] if block in blocks else [place]
                found.leaving |= {place} if isinstance(statement, (ast.Return, ast.Raise)) else set()
                blocks.add(block)
                levels = [keyword.value for keyword in node.keywords if keyword.arg == "level"]
                plain = all(isinstance(v, ast.Attribute) and v.attr in _QUIET_LEVELS for v in levels)
                found.is_detailed |= not plain or "DEBUG" in text or "NOTSET" in text
            elif isinstance(node, ast.Call) and last_name(node.func) == "setLevel":
                found.is_detailed |= not all(last_name(level) in _QUIET_LEVELS for level in node.args)
    return found


def _goes_to_output(project: Project, module: Module, call: ast.Call) -> bool:
    name = project.resolve_node(module, call.func) or ""
    entry = project.class_named(module, call.func)
    if entry is not None:
        return any(base.startswith("logging.") and base.endswith("Handler") for base in entry.bases)
    if not name.startswith("logging."):
        return False
    given = values_given(call)
    streams = call.args[:1] if name == "logging.StreamHandler" else []
    streams += [keyword.value for keyword in call.keywords if keyword.arg == "stream"]
    if any(isinstance(one, ast.Name) and project.resolve_node(module, one) != "sys.stderr" for one in streams):
        return True
    return any(
        (isinstance(node, ast.Constant) and node.value == "ext://sys.stdout")
        or (isinstance(node, (ast.Name, ast.Attribute)) and project.resolve_node(module, node) == "sys.stdout")
        for value in given
        for node in walk(value)
    )


def _block(module: Module, statement: ast.AST) -> tuple[int, str]:
    """Return what tells the statements of one block from those of others."""
    parent = parent_map(module.source.tree)[statement]
    for name, value in ast.iter_fields(parent):
        if isinstance(value, list) and statement in value:
            return id(parent), name
    return id(statement), ""


def _is_kept(project: Project, module: Module, call: ast.Call) -> bool:
    """Tell whether a call has the log kept in a file, or sent to one who keeps it."""
    name = project.resolve_node(module, call.func) or ""
    if name == "logging.basicConfig":
        return any(keyword.arg == "filename" for keyword in call.keywords)
    streams = ("logging.StreamHandler", "logging.NullHandler")
    return name.startswith("logging.") and name.endswith("Handler") and name not in streams
