"""Commands that run a removed module: `python -m smtpd`, in the arguments of a process or in a line for a shell.

smtpd is the only one of them that does anything when it is run.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.spans import Span

RUNS_SMTPD = "runs `python -m smtpd`, which Python 3.12 removed"
MODULE = "asyncore_bridge.smtpd"  # runs as smtpd did
_OPTION = "-m"
COMMAND = re.compile(r"(?<!asyncore_bridge )-m\s*smtpd(?![\w.-])")
_MEANS_PYTHON = re.compile(r"\bpython[\d.]*\s[^;&|`]*$|^\s*$")


@dataclass(frozen=True)
class Command:
    """A command in a program; `text` is what the string has to become, "" where that cannot be told."""

    node: ast.Constant
    text: str = ""


def commands_of(project: Project, module: Module) -> Iterator[Command]:
    """Yield the strings of *module* that have Python run smtpd."""
    if "smtpd" not in module.source.text or _OPTION not in module.source.text:
        return
    parents = parent_map(module.source.tree)
    for node in walk(module.source.tree):
        if isinstance(node, (ast.List, ast.Tuple)):
            yield from _in_arguments(project, module, node.elts)
        elif isinstance(node, ast.Call):
            yield from _in_arguments(project, module, node.args)
        elif isinstance(node, ast.Constant):
            is_docstring = isinstance(parents.get(node), ast.Expr)
            if isinstance(node.value, str) and not is_docstring and _is_said(node.value):
                yield Command(node)


def texts_of(module: Module, commands: Sequence[Command]) -> dict[Span, str]:
    """Return what becomes of the strings that *commands* are in."""
    return {module.source.span(command.node): command.text for command in commands}


def _in_arguments(project: Project, module: Module, elements: Sequence[ast.expr]) -> Iterator[Command]:
    values = [element.value if isinstance(element, ast.Constant) else None for element in elements]
    for index, (option, name) in enumerate(zip(values, values[1:])):
        runs_bridge = index > 0 and values[index - 1] == "asyncore_bridge"
        node = elements[index + 1]
        if option == _OPTION and name == "smtpd" and not runs_bridge and isinstance(node, ast.Constant):
            here = any(project.resolve_node(module, one) == "sys.executable" for one in elements[:index])
            quote = module.source.segment(node)[-1]
            yield Command(node, f"{quote}{MODULE}{quote}" if here else "")


def _is_said(text: str) -> bool:
    found = COMMAND.search(text)
    return found is not None and _MEANS_PYTHON.search(text[: found.start()]) is not None
