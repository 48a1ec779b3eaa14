"""Where a file makes what a loop drives: the calls, and the names that their results get."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.entered import entering
from asyncore_codemods.analyse.looping.makers import Product, product_of
from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import SCOPES, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project
    from asyncore_codemods.model.programs import LoopSite

LOOPS = (ast.For, ast.While)
# Expressions that evaluate all their parts, in their order, and those that do nothing when they are evaluated.
_EVALUATES_ALL = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Call, ast.keyword, ast.Attribute, ast.Starred)
_PURE = (ast.Name, ast.Constant)


class Constructions:
    """The calls in *module* that make an object of a *wanted* class, as the loop at *site* sees them.

    *wanted* are the classes that count, each with what to call its objects where they have no name yet.
    """

    def __init__(self, project: Project, module: Module, site: LoopSite, wanted: dict[str, str]) -> None:
        self.project = project
        self.module = module
        self.wanted = wanted
        self.around = Surroundings(module)
        self.loop = self.around.call_at(site.place.span)
        self.products: dict[ast.Call, Product] = {}
        self._around_loop = self.around.ancestors(self.loop)
        functions = [n for n in self._around_loop if isinstance(n, ast.FunctionDef)]
        self.body: ast.AST = functions[0] if functions else module.source.tree

    def within(self, body: ast.AST) -> list[ast.Call]:
        """Return the calls in a function or a file, but not in functions and classes in it, in their order."""
        found = []
        for node in walk(body, ast.Call):
            if self.class_of(node):
                functions = [n for n in self.around.ancestors(node) if isinstance(n, SCOPES)]
                if (functions[0] if functions else self.module.source.tree) is body:
                    found.append(node)
        return sorted(found, key=lambda node: (node.lineno, node.col_offset))

    def class_of(self, node: ast.Call) -> str:
        """Return the wanted class whose object *node* makes, itself or by a function; "" if there is none."""
        entry = self.project.class_named(self.module, node.func)
        if entry is not None:
            return entry.qualname if entry.qualname in self.wanted else ""
        if node not in self.products:
            product = product_of(self.project, self.module, node, self.wanted)
            if product is None:
                return ""
            self.products[node] = product
        return self.products[node].qualname

    def is_made(self, node: ast.expr) -> bool:
        """Tell whether an expression makes an object of a wanted class."""
        return isinstance(node, ast.Call) and bool(self.class_of(node))

    def products_of(self, *calls: ast.Call) -> list[Product]:
        """Return what functions make for those of *calls* that are calls of functions."""
        return [self.products[call] for call in calls if call in self.products]

    def made_at(self, call: ast.Call) -> Place:
        """Return where the class is called, which may be in a function that *call* calls."""
        return self.products[call].made if call in self.products else self.place(call)

    def place(self, node: ast.AST) -> Place:
        """Return where a node of this file is."""
        return Place(str(self.module.path), self.module.source.span(node))

    def private_ancestors(self, call: ast.Call) -> list[ast.AST]:
        """Return what stands around *call* but not around the loop, innermost first."""
        ancestors = self.around.ancestors(call)
        return ancestors[: next(i for i, node in enumerate(ancestors) if node in self._around_loop)]

    def is_repeated(self, call: ast.Call) -> bool:
        """Tell whether *call*, in another function than the loop, makes one object after the other."""
        return any(isinstance(node, LOOPS) for node in self.private_ancestors(call))

    def may_miss(self, call: ast.Call) -> bool:
        """Tell whether *call*, one of several, may not be made at all."""
        return any(
            isinstance(node, ast.If) or (isinstance(node, ast.Try) and not _all_leave(node))
            for node in self.private_ancestors(call)
        )

    def target(self, call: ast.Call, statement: ast.stmt) -> str:
        """Return the name that *statement* gives to what *call* makes, such as `self.server`; "" if none."""
        if isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) or dotted_name(target):
                return self.module.source.segment(target)
        item = entering(self.project, self.module, call, statement)
        return item.optional_vars.id if item is not None and isinstance(item.optional_vars, ast.Name) else ""

    def unnamed(self, call: ast.Call, statement: ast.stmt) -> ast.expr | None:
        """Return what a `with` enters that is, or closes, what *call* makes, if it gives that no name."""
        item = entering(self.project, self.module, call, statement)
        return item.context_expr if item is not None and item.optional_vars is None else None

    def is_within(self, call: ast.Call, statement: ast.stmt) -> bool:
        """Tell whether *call* stands in the midst of a statement."""
        is_alone = isinstance(statement, ast.Expr) and statement.value is call
        return not is_alone and not self.target(call, statement)

    def problem_of(self, call: ast.Call, statement: ast.stmt, kept_in: str = "") -> str:
        """Return why the loop cannot be given what *call* makes, if so; *kept_in* is the list that keeps it."""
        around = self.private_ancestors(call)
        is_listed = bool(kept_in) or any(isinstance(node, LOOPS) for node in around)
        for ancestor in around:
            if isinstance(ancestor, ast.Try) and not _all_leave(ancestor) and not is_listed:
                return "makes what the loop drives in a try statement that may go on without it"
            if isinstance(ancestor, ast.With):
                return "makes what the loop drives in a with statement"
        named = self._comes_first(call, statement) or (not is_listed and self.unnamed(call, statement) is not None)
        if not kept_in and self.is_within(call, statement) and not named:
            return "uses a new listener or client in an expression"
        return ""

    def _comes_first(self, call: ast.Call, statement: ast.stmt) -> bool:
        """Tell whether *call* can be made in front of *statement*: it always is, and nothing matters before."""
        if not isinstance(statement, (ast.Assign, ast.Expr)):
            return False
        ancestors = self.around.ancestors(call)
        between = ancestors[: ancestors.index(statement)]
        if not all(isinstance(node, _EVALUATES_ALL) for node in between):
            return False
        own = (call.lineno, call.col_offset)
        return all(
            isinstance(node, (*_PURE, *_EVALUATES_ALL)) and (node in between or not isinstance(node, ast.Call))
            for node in walk(statement.value, (ast.expr, ast.comprehension))
            if (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)) < own and not self._is_in_made(node)
        )

    def _is_in_made(self, node: ast.AST) -> bool:
        """Tell whether *node* belongs to another call that the loop drives the object of: it goes in front, too."""
        within = [node, *self.around.ancestors(node)]
        return any(isinstance(one, ast.Call) and bool(self.class_of(one)) for one in within)


def _all_leave(node: ast.Try) -> bool:
    """Tell whether every handler of a `try` ends the program or the function."""
    return all(leaves(handler.body[-1]) for handler in node.handlers)
