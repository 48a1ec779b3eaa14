"""One module of a project: what its names are bound to, and what it imports.

Bindings are read off the syntax, without importing anything: an import binds a name to a dotted path, a class or
function statement to itself, and a plain assignment of a name or attribute to whatever that means.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

from asyncore_codemods import legacy
from asyncore_codemods.nodes import FUNCTIONS, is_stored, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from asyncore_codemods.source import Source

FunctionNode = Union[ast.FunctionDef, ast.AsyncFunctionDef]

_IMPORTERS = ("importlib.import_module", "import_module", "__import__")


@dataclass
class ImportedName:
    """A name bound by an import statement, with the dotted path it stands for."""

    name: str
    target: str
    node: ast.stmt
    level: int = 0
    at_top: bool = True


@dataclass(eq=False)
class Module:
    """A parsed file of the project."""

    path: Path
    name: str
    is_package: bool
    source: Source
    editable: bool
    bindings: dict[str, str] = field(default_factory=dict)
    imports: list[ImportedName] = field(default_factory=list)
    stars: list[str] = field(default_factory=list)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    redefined: set[str] = field(default_factory=set)  # classes that it has more than once, in branches say
    all_classes: list[ast.ClassDef] = field(default_factory=list)  # those in functions and classes as well
    functions: dict[str, FunctionNode] = field(default_factory=dict)
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)

    @property
    def package(self) -> str:
        """The dotted name of the package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def imports_legacy(self) -> bool:
        """Whether it imports one of the removed modules, or something of one."""
        targets = (*(imported.target for imported in self.imports), *self.stars)
        return any(legacy.is_legacy(target) for target in targets)

    @property
    def legacy_imports(self) -> list[ast.stmt]:
        """The statements that import a removed module, or something of one; once for each name that they bind."""
        return [one.node for one in self.imports if legacy.is_legacy(one.target) and not one.level]


def read_module(source: Source, name: str, *, is_package: bool, editable: bool) -> Module:
    """Return the module in *source*, called *name* in its project."""
    module = Module(source.path, name, is_package, source, editable)
    for node in walk(source.tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for imported in _imported(node, module):
                module.imports.append(imported)
                _bind_import(imported, module)
        elif isinstance(node, ast.ClassDef):
            module.all_classes.append(node)
    for statement in top_level(source.tree.body):
        _bind(statement, module)
    for node in walk(source.tree) if "global" in source.text else ():
        if isinstance(node, FUNCTIONS):
            _bind_globals(node, module)
    return module


def dotted_name(node: ast.expr) -> str | None:
    """Return `a.b.c` for a name or a chain of attributes, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module body, those inside `if`, `try` and `with` blocks included."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.If, ast.For, ast.While)):
            yield from top_level(statement.body)
            yield from top_level(statement.orelse)
        elif isinstance(statement, ast.With):
            yield from top_level(statement.body)
        elif isinstance(statement, ast.Try):
            yield from top_level(statement.body)
            for handler in statement.handlers:
                yield from top_level(handler.body)
            yield from top_level(statement.orelse)
            yield from top_level(statement.finalbody)


def _imported(node: ast.Import | ast.ImportFrom, module: Module) -> Iterator[ImportedName]:
    at_top = node in module.source.tree.body
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                yield ImportedName(alias.asname, alias.name, node, 0, at_top)
            else:
                yield ImportedName(alias.name.split(".")[0], alias.name.split(".")[0], node, 0, at_top)
                if "." in alias.name:  # `import a.b` binds a, and makes a.b known
                    yield ImportedName(alias.name, alias.name, node, 0, at_top)
        return
    base = _absolute(node, module)
    for alias in node.names:
        if alias.name == "*":
            module.stars.append(base)
        else:
            target = f"{base}.{alias.name}" if base else alias.name
            yield ImportedName(alias.asname or alias.name, target, node, node.level, at_top)


def _bind_import(imported: ImportedName, module: Module) -> None:
    """Bind the name, which may be imported in two ways: the removed module then outweighs its substitute.

    Otherwise classes that run on either, as `try: import asyncore` makes them, would go unseen.
    """
    bound = module.bindings.get(imported.name)
    is_removed = not imported.level and legacy.is_legacy(imported.target)
    if bound is None or (is_removed and not legacy.is_legacy(bound)):
        module.bindings[imported.name] = imported.target


def _absolute(node: ast.ImportFrom, module: Module) -> str:
    if not node.level:
        return node.module or ""
    package = module.package.split(".") if module.package else []
    package = package[: len(package) - node.level + 1]
    return ".".join([*package, *([node.module] if node.module else [])])


def _bind(statement: ast.stmt, module: Module) -> None:
    if isinstance(statement, ast.ClassDef):
        if statement.name in module.classes:
            module.redefined.add(statement.name)
        module.classes[statement.name] = statement
        module.bindings[statement.name] = f"{module.name}.{statement.name}"
    elif isinstance(statement, FUNCTIONS):
        module.functions[statement.name] = statement
        module.bindings[statement.name] = f"{module.name}.{statement.name}"
    elif isinstance(statement, ast.Assign):
        for target, value in assigned_by(statement):
            if isinstance(target, ast.Name):
                module.assigned.setdefault(target.id, []).append(value)
                means = dotted_name(value) if target in statement.targets else ""
                removed = _imported_by_name(value)
                if removed:
                    module.bindings.setdefault(target.id, removed)
                if means and target.id not in module.bindings:
                    module.bindings[target.id] = f"={means}"
    elif isinstance(statement, (ast.With, ast.AsyncWith)):
        for item in statement.items:
            if isinstance(item.optional_vars, ast.Name):
                module.assigned.setdefault(item.optional_vars.id, []).append(item.context_expr)


def is_imported(name: str, modules: Iterable[Module]) -> bool:
    """Tell whether any of *modules* imports the module *name*, or something of it."""
    return any(imported.target.split(".")[0] == name for module in modules for imported in module.imports)


def assigned_by(statement: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what is assigned to what, by `A = 1` or by `A, B = range(2)`, as far as that can be told."""
    value = statement.value
    for target in statement.targets:
        if not isinstance(target, (ast.Tuple, ast.List)):
            yield target, value
        elif isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
            yield from zip(target.elts, value.elts)
        elif isinstance(value, ast.Call) and ast.unparse(value) == f"range({len(target.elts)})":
            numbers = [ast.copy_location(ast.Constant(number), value) for number in range(len(target.elts))]
            yield from zip(target.elts, numbers)


def _bind_globals(function: FunctionNode, module: Module) -> None:
    """Note what a function assigns to variables of the module that it declares `global`."""
    names = {name for node in walk(function, ast.Global) for name in node.names}
    if not names:
        return
    for node in walk(function, ast.Name):
        if is_stored(node) and node.id in names:
            module.assigned.setdefault(node.id, []).append(_value_given(node, function))


def _value_given(target: ast.Name, function: FunctionNode) -> ast.expr:
    """Return what an assignment gives to *target*; for anything but a plain one, the target itself."""
    for node in walk(function, ast.Assign):
        if target in node.targets:
            return node.value
    return target


def _imported_by_name(node: ast.expr) -> str:
    """Return the removed module that a call imports by a name in a string, "" for all else."""
    if isinstance(node, ast.Call) and dotted_name(node.func) in _IMPORTERS and node.args:
        name = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
        return name if isinstance(name, str) and name in legacy.MODULES else ""
    return ""
