"""Parameters that nobody gives: `def __init__(self, sock, map=None)`, passed on to the base class as it is."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.hierarchies import Hierarchy
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import ClassEntry


def spare_parameter(hierarchy: Hierarchy, member: ClassEntry, name: str) -> Place | None:
    """Return where the constructor of *member* has a parameter *name* that is None for good, or None.

    It has to be the last one, be used for nothing else, and have None for its default value.
    """
    function = next((d.function for d in hierarchy.methods.get("__init__", ()) if d.entry is member), None)
    if function is None or not function.args.args or function.args.vararg or function.args.kwonlyargs:
        return None
    last = function.args.args[-1]
    default = function.args.defaults[-1] if function.args.defaults else None
    if last.arg != name or not isinstance(default, ast.Constant) or default.value is not None:
        return None
    uses = [node for node in walk(function) if isinstance(node, ast.Name) and node.id == name]
    handed_on = [
        value
        for node in walk(function)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "__init__"
        for value in (*node.args, *(keyword.value for keyword in node.keywords))
    ]
    most = len(function.args.args) - 2  # arguments that leave it alone, self not counted
    if not all(any(use is value for value in handed_on) for use in uses) or any(
        _may_give(call, name, most) for call in _calls(hierarchy, member)
    ):
        return None
    return Place(str(member.module.path), member.module.source.span(last))


def _calls(hierarchy: Hierarchy, member: ClassEntry) -> list[ast.Call | None]:
    """Return the calls that make *member* or go to its constructor; None stands for one that cannot be seen.

    A class that is kept under another name, or given to a class of the project that keeps it, is made by the calls
    of what has that name.
    """
    names = {entry.qualname for entry in [member, *member.descendants()]}
    aliases: set[str] = set()
    found: list[ast.Call | None] = []
    trees = [(module, node) for module in hierarchy.project.modules.values() for node in walk(module.source.tree)]
    for module, node in trees:
        if isinstance(node, ast.Assign) and _is_one(hierarchy, module, node.value, names):
            aliases |= {_last_name(target) for target in node.targets}
        if not isinstance(node, ast.Call):
            continue
        found += [node] if _goes_to(hierarchy, module, node, names) else []
        is_check = isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "issubclass", "super")
        for position, given in enumerate([*node.args, *(keyword.value for keyword in node.keywords)]):
            if not is_check and _is_one(hierarchy, module, given, names):
                aliases.add(_parameter(hierarchy, module, node, position))
    while aliases and "" not in aliases:
        kept = [n for _, n in trees if isinstance(n, ast.Assign) and _last_name(n.value) in aliases]
        more = {_last_name(target) for node in kept for target in node.targets}
        if more <= aliases:
            break
        aliases |= more
    if "" in aliases:
        return [*found, None]
    for _, node in trees:
        if isinstance(node, ast.Call):
            found += [node] if _last_name(node.func) in aliases else []
            passed = [*node.args, *(keyword.value for keyword in node.keywords)]
            found += [None for value in passed if _last_name(value) in aliases and not _is_harmless(node)]
    return found


def _last_name(node: ast.expr) -> str:
    return getattr(node, "id", "") or getattr(node, "attr", "")


def _is_harmless(call: ast.Call) -> bool:
    return _last_name(call.func) in ("isinstance", "issubclass", "print", "__init__")


def _parameter(hierarchy: Hierarchy, module: Module, call: ast.Call, position: int) -> str:
    """Return the name of the parameter that an argument of a constructor of the project is for, "" if unknown."""
    if position >= len(call.args):
        return call.keywords[position - len(call.args)].arg or ""
    target = hierarchy.project.resolve_node(module, call.func)
    entry = hierarchy.project.class_at(target, module) if target else None
    for one in entry.lineage() if entry is not None else ():
        function = next((n for n in one.node.body if getattr(n, "name", "") == "__init__"), None)
        if isinstance(function, ast.FunctionDef):
            names = [arg.arg for arg in function.args.args][1:]
            starred = any(isinstance(argument, ast.Starred) for argument in call.args)
            return names[position] if position < len(names) and not starred else ""
    return ""


def _is_one(hierarchy: Hierarchy, module: Module, node: ast.expr, names: set[str]) -> bool:
    if dotted_name(node) is None:
        return False
    resolved = hierarchy.project.resolve_node(module, node)
    entry = hierarchy.project.class_at(resolved, module) if resolved else None
    return entry is not None and entry.qualname in names


def _goes_to(hierarchy: Hierarchy, module: Module, call: ast.Call, names: set[str]) -> bool:
    if _is_one(hierarchy, module, call.func, names):
        return True
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr != "__init__":
        return False
    is_super = isinstance(func.value, ast.Call)
    return is_super or _is_one(hierarchy, module, func.value, names)


def _may_give(call: ast.Call | None, name: str, most: int) -> bool:
    if call is None or any(isinstance(argument, ast.Starred) for argument in call.args):
        return True
    return len(call.args) > most or any(keyword.arg in (None, name) for keyword in call.keywords)
