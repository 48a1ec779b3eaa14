"""Whether a program may make several objects of a class: a loop that one of them runs serves all of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.values.syntax import REPEATS, last_name
from asyncore_codemods.nodes import FUNCTIONS, walk

if TYPE_CHECKING:
    from collections.abc import Collection

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry


def is_repeated(modules: Collection[Module], module: Module, call: ast.Call) -> bool:
    """Tell whether *call* may be made again and again: in a loop, or by a function that is named more than once."""
    ancestors = Surroundings(module).ancestors(call)
    functions = [node for node in ancestors if isinstance(node, FUNCTIONS)]
    inner = ancestors[: ancestors.index(functions[0])] if functions else ancestors
    if any(isinstance(node, REPEATS) for node in inner):
        return True
    name = functions[0].name if functions else "__init__"
    return name != "__init__" and sum(last_name(n) == name for m in modules for n in walk(m.source.tree)) > 1


def is_made_again(project: Project, modules: Collection[Module], entry: ClassEntry) -> bool:
    """Tell whether the program in *modules* makes more than one object of the class *entry*."""
    made = [
        (module, node)
        for module in modules
        for node in walk(module.source.tree, ast.Call)
        if project.class_named(module, node.func) is entry
    ]
    return len(made) > 1 or any(is_repeated(modules, module, call) for module, call in made)
