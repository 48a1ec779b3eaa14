"""A module of this name does not exist.

The modules are called asyncore, asynchat and smtpd; `asyncchat`, with two c, is a slip of much-read tutorials, and
fails with ModuleNotFoundError on every Python.

## What to do

Import the module by its right name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project

CODE = Code.MODULE_NAME
SLIPS = {
    **dict.fromkeys(("asyncchat", "async_chat", "asynchatt", "asynhcat", "aysnchat"), "asynchat"),
    **dict.fromkeys(("asynccore", "async_core", "asynchore", "asyncorre", "aysncore"), "asyncore"),
    "smptd": "smtpd",
}


def find(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield the imports of such a module, unless the project has one."""
    for imported in module.imports:
        name = imported.target.split(".")[0]
        if name in SLIPS and not imported.level and project.find_module(name, module) is None:
            yield imported.node, f"imports {name}, which does not exist: it is called {SLIPS[name]}"
