"""Mistakes about the old API, as in much-read tutorials: code that never did what it looks like.

One mistake, one module: its docstring is the page of its code, its `find()` yields what it sees. Each errs on the
side of silence: correct code is never accused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.views import view_of
from asyncore_codemods.findings import Finding, Tier
from asyncore_codemods.misuse import (
    arguments,
    command_lines,
    counted_once,
    delegation,
    invented,
    loop_arguments,
    module_names,
    own_copies,
    push_close,
    receiving,
    signatures,
    start_server,
    text,
    tricks,
)
from asyncore_codemods.misuse.requirements import find_in_requirements

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from asyncore_codemods.codes import Code
    from asyncore_codemods.index import Module, Project

_OF_CLASSES = (arguments, counted_once, delegation, invented, push_close, receiving, signatures, text)
_OF_MODULES = (
    arguments,
    command_lines,
    delegation,
    invented,
    loop_arguments,
    module_names,
    own_copies,
    start_server,
    tricks,
)


def find_misuse(project: Project) -> Iterator[Finding]:
    """Yield a finding for every mistake in the editable modules of *project*, and in what it requires."""
    for module in project.modules.values():
        if module.editable:
            for check in _OF_MODULES:
                for node, message in check.find(project, module):
                    yield _finding(module, node, check.CODE, message, "")
    for entry in project.classes.values():
        if entry.root and entry.module.editable:
            view = view_of(project, entry)
            for one in _OF_CLASSES:
                for node, message in one.find_in_class(view):
                    yield _finding(entry.module, node, one.CODE, message, entry.name)
    yield from find_in_requirements(project.requirements)
    yield from command_lines.find_in_scripts(project.requirements)


def _finding(module: Module, node: ast.AST, code: Code, message: str, subject: str) -> Finding:
    span = module.source.span(node)
    return Finding(str(module.path), span.line, span.column + 1, code, message, subject, tier=Tier.DISPLAY)
