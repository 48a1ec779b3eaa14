"""Base classes beside the channel's, and decorators, that may be left as they are when the channel is rewritten."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.assigned_methods import methods_of
from asyncore_codemods.analyse.syntax import self_attribute, self_name, significant
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import ClassEntry, Project

NEUTRAL = frozenset({"object", "abc.ABC"})  # base classes that have nothing a channel could notice
_METACLASS = "abc.ABCMeta"
# They hand back the class that they get, with nothing new that has to do with channels.
_DECORATORS = frozenset(
    {
        "functools.total_ordering",
        "typing.final",
        "typing_extensions.final",
        "zope.interface.implementer",
        "zope.interface.provider",
    }
)


def find_mixins(project: Project, channels: list[ClassEntry]) -> list[ClassEntry]:
    """Return the other base classes of *channels* that may be left as they are, or changed with them.

    They replace nothing that a channel has; and either they use nothing of it, or nobody else derives from them.
    """
    found: list[ClassEntry] = []
    for channel in channels:
        for parent in channel.parents:
            if parent not in channels and parent not in found and _is_mixin(project, parent, channels):
                found.append(parent)
    return found


def serves_only(mixin: ClassEntry, channels: list[ClassEntry]) -> bool:
    """Tell whether *channels* alone derive from *mixin*."""
    return all(child in channels for child in mixin.children)


def has_plain_head(project: Project, entry: ClassEntry) -> bool:
    """Tell whether a class has no decorator and no keyword that could make another class of it."""
    return all(_is_abstract(project, entry.module, keyword) for keyword in entry.node.keywords) and all(
        _is_plain_decorator(project, entry.module, decorator) for decorator in entry.node.decorator_list
    )


def inherits_constructor(entry: ClassEntry, mixins: set[str]) -> bool:
    """Tell whether the constructor of a mixin may run in the place of the channel's, or with it by super()."""
    for parent in entry.parents:
        if parent.qualname not in mixins:
            return False  # the channel comes first, and hands on to nobody
        if constructor_of(parent) is not None:
            own = constructor_of(entry)
            return own is None or _mentions_super(own)
    return False


def constructor_of(entry: ClassEntry) -> ast.FunctionDef | None:
    """Return the __init__() that a class defines itself."""
    found = [f for f in methods_of(entry.node) if f.name == "__init__" and isinstance(f, ast.FunctionDef)]
    return found[-1] if found else None


def _is_mixin(project: Project, parent: ClassEntry, channels: list[ClassEntry]) -> bool:
    inherited = legacy.inherited_names(channels[0].root or "") | {"__new__", "__getattr__"}
    body = parent.node.body
    defined = {method.name for method in methods_of(parent.node)}
    defined |= {n.id for s in body if isinstance(s, ast.Assign) for n in s.targets if isinstance(n, ast.Name)}
    if parent.root or parent.is_local or set(parent.bases) - NEUTRAL or defined & inherited:
        return False
    if not has_plain_head(project, parent) or not _is_plain_constructor(parent, inherited):
        return False
    return serves_only(parent, channels) or not any(
        isinstance(node, ast.Attribute) and node.attr in inherited for node in walk(parent.node)
    )


def _is_plain_constructor(mixin: ClassEntry, inherited: frozenset[str]) -> bool:
    """Tell whether the constructor of a mixin, if it has one, has nothing to do with channels, nor calls others."""
    constructor = constructor_of(mixin)
    if constructor is None:
        return "__init__" not in {method.name for method in methods_of(mixin.node)}
    own = self_name(constructor)
    return not _mentions_super(constructor) and not any(
        isinstance(node, ast.Attribute) and (node.attr in inherited or node.attr == "__init__")
        for node in walk(constructor)
        if own
    )


def _mentions_super(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "super" for node in walk(function))


def _is_abstract(project: Project, module: Module, keyword: ast.keyword) -> bool:
    return keyword.arg == "metaclass" and project.resolve_node(module, keyword.value) == _METACLASS


def _is_plain_decorator(project: Project, module: Module, decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    target = project.resolve_node(module, called) or ""
    if target in _DECORATORS:
        return True
    if isinstance(decorator, ast.Call):
        return False
    module_name, _, name = target.rpartition(".")
    home = module if module_name in ("", module.name) else project.find_module(module_name, module)
    function = home.functions.get(name) if home is not None else None
    return isinstance(function, ast.FunctionDef) and _only_marks(function)


def _only_marks(function: ast.FunctionDef) -> bool:
    """Tell whether a function sets attributes that no channel has on its one parameter, and returns that."""
    parameters = [argument.arg for argument in function.args.args]
    if len(parameters) != 1 or function.decorator_list:
        return False
    own, inherited = parameters[0], legacy.inherited_names(legacy.ASYNC_CHAT)
    *body, last = significant(function.body) or [ast.Pass()]
    returns = isinstance(last, ast.Return) and isinstance(last.value, ast.Name) and last.value.id == own
    return returns and all(
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and (self_attribute(statement.targets[0], own) or "__") not in inherited
        and not (self_attribute(statement.targets[0], own) or "__").startswith("__")
        and not any(isinstance(node, ast.Name) and node.id == own for node in walk(statement.value))
        for statement in body
    )
