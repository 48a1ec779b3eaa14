"""Something changes what the removed modules are.

The program puts a module of its own where Python looks for asyncore (`sys.modules["asyncore"] = ...`), imports a
removed module by a name in a string (`importlib.import_module("asyncore")`), has a library do so
(`patcher.inject("asyncore", ...)`), or gives one of them new attributes. No reading of import statements can follow
that: this tool takes names for what they seem to mean, and does not rewrite a program that does so.

## What to do

Import the module with a plain import statement, at the top of the file, from `asyncore_bridge` if need be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.tricks import tricks_of
from asyncore_codemods.codes import Code

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project

CODE = Code.TRICK


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield every such place."""
    for node, what in tricks_of(project, module):
        if not what.startswith("calls asyncore_bridge."):  # which is what it is there for
            yield node, what
