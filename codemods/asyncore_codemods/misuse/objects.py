"""What the names of a module hold: objects of the old API, as far as that is certain."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Union

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.constructions import calls_of_classes
from asyncore_codemods.analyse.values.syntax import parent_map
from asyncore_codemods.nodes import is_stored, once, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry

_Scope = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module]
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)


def is_class(project: Project, module: Module, node: ast.expr) -> bool:
    """Tell whether an expression names a class of the removed modules, or one that derives from them."""
    means = project.resolve_node(module, node) or ""
    entry = project.class_at(means, module)
    return means in legacy.CLASSES or (entry is not None and bool(entry.root))


def makes_object(project: Project, module: Module, node: ast.expr) -> bool:
    """Tell whether an expression is a call of such a class."""
    return isinstance(node, ast.Call) and is_class(project, module, node.func)


def is_object(project: Project, module: Module, node: ast.expr) -> bool:
    """Tell whether an expression makes such an object, or is a name that never holds anything else."""
    if isinstance(node, ast.Name):
        return node.id in _channels(project, module, node)
    return makes_object(project, module, node)


def class_of(project: Project, module: Module, node: ast.Name) -> ClassEntry | None:
    """Return the class of the project that all objects are of which a name holds, None if that is not known."""
    return _channels(project, module, node).get(node.id)


def constructed(project: Project) -> set[ClassEntry]:
    """Return the classes of the project that it makes objects of."""
    return {*project.once(calls_of_classes)}


def is_global(module: Module, node: ast.expr) -> bool:
    """Tell whether the name that an expression starts with is one that the module imports or defines, for good."""
    while isinstance(node, ast.Attribute):
        node = node.value
    if not isinstance(node, ast.Name):
        return False
    scope = _scope_of(module, node)
    return isinstance(scope, ast.Module) and not any(store.id == node.id for store in _stores(module, scope))


def _channels(project: Project, module: Module, node: ast.Name) -> dict[str, ClassEntry | None]:
    """Return the names in the scope of *node* that hold nothing but channels, with their class if there is one."""
    if node.id not in _ever_assigned(project, module):  # which spares a look at most scopes
        return {}
    scope = _scope_of(module, node)
    names: dict[str, ClassEntry | None] | None = getattr(scope, "_channels", None)
    if names is None:
        names = _find_channels(project, module, scope)
        scope._channels = names  # type: ignore[union-attr]  # nodes have room for attributes of anybody's
    return names


def _ever_assigned(project: Project, module: Module) -> set[str]:
    """Return the names that hold a channel somewhere in *module*."""
    tree = module.source.tree
    names: set[str] | None = getattr(tree, "_assigned_channels", None)
    if names is None:
        assigned = [n for n in walk(tree, ast.Assign) if makes_object(project, module, n.value)]
        names = {target.id for n in assigned for target in n.targets if isinstance(target, ast.Name)}
        tree._assigned_channels = names  # type: ignore[attr-defined]  # as below
    return names


def _find_channels(project: Project, module: Module, scope: _Scope) -> dict[str, ClassEntry | None]:
    parents = parent_map(module.source.tree)
    made: dict[str, set[ClassEntry | None]] = {}
    other = _parameters(scope)
    for store in _stores(module, scope):
        assign = parents[store]
        if isinstance(assign, ast.Assign) and makes_object(project, module, assign.value):
            assert isinstance(assign.value, ast.Call)
            means = project.resolve_node(module, assign.value.func) or ""
            made.setdefault(store.id, set()).add(project.class_at(means, module))
        else:
            other.add(store.id)
    return {
        name: next(iter(classes)) if len(classes) == 1 else None
        for name, classes in made.items()
        if name not in other
    }


def _scope_of(module: Module, node: ast.Name) -> _Scope:
    """Return the innermost scope around *node* that binds its name, the module if no other does."""
    parents = parent_map(module.source.tree)
    current: ast.AST = node
    is_innermost = True
    while not isinstance(current, ast.Module):
        current = parents[current]
        if isinstance(current, _SCOPES) and not isinstance(current, ast.Module):
            # methods do not see what their class binds
            if (is_innermost or not isinstance(current, ast.ClassDef)) and node.id in once(_bound, current):
                return current
            is_innermost = False
    return current


def _bound(scope: _Scope) -> set[str]:
    """Return the names that a function or class binds itself."""
    nodes = list(_own_nodes(scope))
    bound = _parameters(scope) | {n.id for n in nodes if isinstance(n, ast.Name) and _is_store(n)}
    return bound - {name for n in nodes if isinstance(n, ast.Global) for name in n.names}


def _stores(module: Module, scope: _Scope) -> list[ast.Name]:
    """Return the places where names of *scope* are bound by something else than an import or a definition."""
    is_module = isinstance(scope, ast.Module)
    nodes = walk(scope) if is_module else _own_nodes(scope)
    names = [node for node in nodes if isinstance(node, ast.Name) and _is_store(node)]
    return [node for node in names if not is_module or _scope_of(module, node) is scope]


def _is_store(node: ast.Name) -> bool:
    return is_stored(node)


def _parameters(scope: _Scope) -> set[str]:
    if isinstance(scope, (ast.ClassDef, ast.Module)):
        return set()
    return {node.arg for node in ast.walk(scope.args) if isinstance(node, ast.arg)}


def _own_nodes(scope: _Scope) -> Iterator[ast.AST]:
    """Yield the nodes of a scope without those of the scopes in it."""
    queue: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while queue:
        node = queue.pop()
        yield node
        if not isinstance(node, _SCOPES):
            queue += ast.iter_child_nodes(node)
