"""What changes the meaning of the removed modules at run time, so that no reading of imports can follow it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.model.inventory import Trick, Where
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project


IMPORTERS = ("importlib.import_module", "__import__", "importlib.__import__")
# of eventlet, gevent and the standard library's tests
_INJECTORS = ("inject", "import_patched", "import_fresh_module", "import_module", "original")


def read_tricks(project: Project, module: Module) -> Iterator[Trick]:
    """Yield every change of sys.modules, import by name, and attribute set on a removed module or class."""
    for node, what in tricks_of(project, module):
        yield Trick(what, Where(str(module.path), getattr(node, "lineno", 1)))


def tricks_of(project: Project, module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield the same as statements or calls, each with what it does."""
    for node in walk(module.source.tree):
        what = ""
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Delete)):
            targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
            what = next((said for target in targets if (said := _target(project, module, target))), "")
        elif isinstance(node, ast.Call):
            what = _call(project, module, node)
        if what:
            yield node, what


def _target(project: Project, module: Module, target: ast.expr) -> str:
    if isinstance(target, ast.Subscript) and project.resolve_node(module, target.value) == "sys.modules":
        name = target.slice.value if isinstance(target.slice, ast.Constant) else None
        return f"changes sys.modules[{name!r}]" if name in legacy.MODULES else ""
    if isinstance(target, ast.Attribute):
        owner = project.resolve_node(module, target.value) or ""
        if owner in legacy.MODULES or owner in legacy.CLASSES:
            return f"assigns {owner}.{target.attr}"
    return ""


def _call(project: Project, module: Module, call: ast.Call) -> str:
    target = project.resolve_node(module, call.func) or ""
    value = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    first = value if isinstance(value, str) else ""
    if first in legacy.MODULES:
        if target in IMPORTERS:
            return f"imports {first} by a name in a string"
        if target.startswith("sys.modules.") and target.rpartition(".")[2] in ("setdefault", "pop", "__setitem__"):
            return f"changes sys.modules[{first!r}]"
        if target.rpartition(".")[2] in _INJECTORS:
            return f"has {target}() import {first}"
    if target in ("asyncore_bridge.install", "importlib.reload"):
        return (
            f"calls {target}()" if target == "asyncore_bridge.install" or _is_removed(project, module, call) else ""
        )
    if target == "setattr" and _is_removed(project, module, call):
        return "sets an attribute of a removed module or class"
    return ""


def _is_removed(project: Project, module: Module, call: ast.Call) -> bool:
    means = project.resolve_node(module, call.args[0]) if call.args else None
    return means in legacy.MODULES or means in legacy.CLASSES
