"""Where the helper that starts clients is kept: in the file that makes them, which may not be that of the loop."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.index import Module, Project


@dataclass(frozen=True)
class Home:
    """The file of the helper, and how the file with the loop comes by it."""

    path: str
    beside: Place | None = None  # an import there, behind which it imports the helper
    is_before: bool = False  # or rather, before which
    module: str = ""  # from this module
    joins: bool = False  # the import there is from this module, too, and goes on

    @property
    def statement(self) -> str:
        """The import statement."""
        return f"from {self.module} import tasks"


def find_home(project: Project, with_loop: Module, maker: Module) -> Home | None:
    """Return the home for what *maker* starts, None if *with_loop*, the module with the loop, cannot import it."""
    if maker is with_loop:
        return Home(str(maker.path))
    found: Home | None = None
    for node in with_loop.source.tree.body:
        name = _name_for(project, with_loop, node, maker)
        is_before = isinstance(node, ast.ImportFrom) and name < "." * node.level + (node.module or "")
        if name and not (is_before and found is not None):  # imports are sorted
            beside = Place(str(with_loop.path), with_loop.source.span(node))
            found = Home(str(maker.path), beside, is_before, name, _goes_on(with_loop, node, name))
            if found.joins:
                break
    return found


def _goes_on(with_loop: Module, node: ast.stmt, name: str) -> bool:
    """Tell whether the import statement *node* is one from the module *name* that another name fits behind."""
    if not isinstance(node, ast.ImportFrom) or "." * node.level + (node.module or "") != name:
        return False
    text = with_loop.source.segment(node)
    is_last = all(alias.asname is None and alias.name < "tasks" for alias in node.names)
    return is_last and text[-1].isalnum() and "\n" not in text and node.names[0].name != "*"


def _name_for(project: Project, with_loop: Module, node: ast.stmt, maker: Module) -> str:
    """Return what *maker* is called where the import statement *node* stands, "" if that says nothing about it."""
    if isinstance(node, ast.ImportFrom) and node.level == 1 and with_loop.package == maker.package:
        return f".{maker.name.rpartition('.')[2]}" if not maker.is_package else ""
    if isinstance(node, ast.ImportFrom) and not node.level:
        names = [node.module or ""]
    elif isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        return ""
    for name in names:
        module = project.find_module(name, with_loop)
        if module is None or not module.name.endswith(name):
            continue
        root = module.name[: len(module.name) - len(name)]
        wanted = maker.name[len(root) :] if maker.name.startswith(root) else ""
        if wanted and project.find_module(wanted, with_loop) is maker:
            return wanted
    return ""
