"""Which files of a project may come together in one process.

A directory often holds several programs, a server and its bots say, that share a file of base classes. Each is a
process of its own, with a loop of its own, and each may have a `main()`. What one of them does says nothing of the
other, unless there is a file that imports both.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.index.handed_on import loads_by_name
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from typing_extensions import TypeGuard

    from asyncore_codemods.index import Module, Project


def process_of(project: Project, modules: Sequence[Module], module: Module) -> list[Module]:
    """Return those of *modules* that may be in a process with *module*, itself included."""
    together = {module.path}
    for other in project.modules.values():
        imported = _all_imported(project, other)
        if imported is None:
            return list(modules)
        if module.path in imported:
            together |= imported
    return [one for one in modules if one.path in together]


def may_meet(project: Project, one: tuple[Module, ast.AST], other: tuple[Module, ast.AST]) -> bool:
    """Tell whether two pieces of code, each with its module, may be run in the same process."""
    mains = [place for place in (one, other) if is_only_run_as_main(project, *place)]
    if len(mains) != 1:
        return not mains or one[0] is other[0]  # a process has one main module
    rest = one if mains[0] is other else other
    imported = _all_imported(project, mains[0][0])
    return imported is None or rest[0].path in imported


def is_only_run_as_main(project: Project, module: Module, node: ast.AST) -> bool:
    """Tell whether code stands under `if __name__ == "__main__":`, or in a function that is only called there."""
    parents = parent_map(module.source.tree)
    around = [node]
    while around[-1] in parents:
        around.append(parents[around[-1]])
    if any(is_main_guard(outer) and inner in outer.body for inner, outer in zip(around, around[1:])):
        return True
    function = around[-2] if len(around) > 1 else node
    if not isinstance(function, ast.FunctionDef):
        return False
    guarded = {n for one in module.source.tree.body if is_main_guard(one) for n in walk(one)}
    return not any(
        node not in guarded and _may_name(node, function.name, is_known=where is module or bool(where.stars))
        for where in project.modules.values()
        if where is module or module in project.imported_modules(where)
        for node in walk(where.source.tree)
    )


def _may_name(node: ast.AST, name: str, *, is_known: bool) -> bool:
    """Tell whether a node may name the function *name* of a module, in a file where the name *is_known*."""
    if isinstance(node, ast.Name):
        return node.id == name and is_known
    return (isinstance(node, ast.Attribute) and node.attr == name) or (
        isinstance(node, ast.alias) and node.name == name
    )


def is_main_guard(node: ast.AST) -> TypeGuard[ast.If]:
    """Tell whether *node* is an `if __name__ == "__main__":`."""
    return isinstance(node, ast.If) and ast.unparse(node.test) in _GUARDS


_GUARDS = ("__name__ == '__main__'", "'__main__' == __name__")


def _all_imported(project: Project, module: Module) -> set[Path] | None:
    """Return what is imported when *module* is run; None if that cannot be told."""
    seen = {module.path}
    queue = [module]
    while queue:
        one = queue.pop()
        if loads_by_name(one.source.text):
            return None
        for other in _imported(project, one):
            if other.path not in seen:
                seen.add(other.path)
                queue.append(other)
    return seen


def _imported(project: Project, module: Module) -> Iterator[Module]:
    """Yield what *module* imports, and the packages around that and around itself, which come first."""
    for one in (module, *project.imported_modules(module)):
        yield one
        package = one.name.rpartition(".")[0]
        around = project.find_module(package, one) if package else None
        if around is not None:
            yield around
