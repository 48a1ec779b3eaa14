"""What a listener may be given to make its sessions with, beside their class: a lambda, a partial, a function.

`Server(port, lambda sock: Session(sock, store))` hands on the two streams of a connection where it handed on a
socket; `functools.partial(Session, store=store)` takes them as it took that.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Optional

from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.input.predicates import is_log
from asyncore_codemods.analyse.values.syntax import last_name, significant
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import is_stored, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.lifetime.construction import SocketParameter
    from asyncore_codemods.index import Module, Project

# The session class that an expression names, None for anything else.
Named = Callable[["Module", ast.expr], Optional[str]]


@dataclass
class Callables:
    """Reads such expressions, collecting what has to change in them."""

    project: Project
    named: Named
    sockets: dict[str, SocketParameter]  # of the constructors, by session class
    resized: list[Replacement] = field(default_factory=list)  # parameters and arguments that become two
    returning: dict[Place, str] = field(default_factory=dict)  # behind the last statements of functions
    made: set[Place] = field(default_factory=set)  # the constructions, and the mentions that come to one

    def classes_made_by(self, module: Module, node: ast.expr) -> frozenset[str]:
        """Return the session classes that calling *node* may make objects of, none if that is not known."""
        if isinstance(node, ast.Name):
            several = self._one_of_several(module, node)
            if several:
                return several
        name = self._class_made_by(module, node)
        return frozenset() if name is None else frozenset({name})

    def _class_made_by(self, module: Module, node: ast.expr) -> str | None:
        if isinstance(node, ast.Lambda):
            return self._made(module, node.args, node.body)
        if isinstance(node, ast.Call):
            return self._partial(module, node)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._function(module, node)
        return None

    def _one_of_several(self, module: Module, node: ast.Name) -> frozenset[str]:
        """`for port, session in ((1, Echo), (2, Time)): Server(port, session)`, which names all of them."""
        around = Surroundings(module)
        for loop in around.ancestors(node):
            if not isinstance(loop, ast.For) or not any(n.id == node.id for n in _names_in(loop.target)):
                continue
            classes = [(element, self.named(module, element)) for element in _given_to(loop, node.id)]
            found = {name for _, name in classes if name is not None}
            if not classes or any(name is None for _, name in classes):
                return frozenset()
            self.made |= {self._place(module, element) for element, _ in classes}
            here = around.ancestors(node)
            stored = [
                n
                for n in walk(module.source.tree, ast.Name)
                if n.id == node.id and is_stored(n)
                if not any(isinstance(f, ast.FunctionDef) and f not in here for f in around.ancestors(n))
            ]
            return frozenset(found) if all(n in walk(loop.target) for n in stored) else frozenset()
        return frozenset()

    def _place(self, module: Module, node: ast.AST) -> Place:
        return Place(str(module.path), module.source.span(node))

    def _partial(self, module: Module, node: ast.Call) -> str | None:
        if self.project.resolve_node(module, node.func) != "functools.partial" or not node.args:
            return None
        name = self.named(module, node.args[0])
        if name is not None:
            self.made.add(self._place(module, node.args[0]))
        return name

    def _function(self, module: Module, node: ast.Name | ast.Attribute) -> str | None:
        """`def make_session(sock, addr): return Session(sock)`, which nothing else calls; it may keep that.

        What does not return the session will, if nobody asks what it returns.
        """
        home, name = self._named_in(module, node)
        function = home.functions.get(name) if home is not None else None
        if home is None or not isinstance(function, ast.FunctionDef) or function.decorator_list:
            return None
        made, kept_as = _made_in(function) if self._mentions(module, home, name) == 1 else (None, "")
        last = function.body[-1]
        if made is None or not (isinstance(last, ast.Return) or _is_called_alone(module, node)):
            return None
        session = self._made(home, function.args, made, function)
        if session is not None and not isinstance(last, ast.Return):
            self.returning[self._place(home, last)] = kept_as
        return session

    def _named_in(self, module: Module, node: ast.expr) -> tuple[Module | None, str]:
        """Return the module that has what *node* names in *module*, and its name there."""
        home, _, name = (self.project.resolve_node(module, node) or "").rpartition(".")
        return module if home in ("", module.name) else self.project.find_module(home, module), name

    def _mentions(self, module: Module, home: Module, name: str) -> int:
        """Return how often the program mentions a function of *home*; more than once if others import it."""
        mentions = 0
        for one in self.project.modules.values():
            for node in walk(one.source.tree):
                if isinstance(node, ast.alias) and node.name == name:
                    mentions += 2 if one is not module or node.asname else 0
                elif isinstance(node, (ast.Name, ast.Attribute)) and last_name(node) == name:
                    mentions += self._named_in(one, node) == (home, name)
        return mentions

    def _made(
        self, module: Module, parameters: ast.arguments, body: ast.expr, whole: ast.AST | None = None
    ) -> str | None:
        """`Session(sock, ...)` with one of the *parameters* for its socket, in a function, *whole*, or a lambda."""
        name = self.named(module, body.func) if isinstance(body, ast.Call) else None
        wanted = self.sockets.get(name or "")
        if name is None or wanted is None or not isinstance(body, ast.Call):
            return None
        given = {keyword.arg: keyword.value for keyword in body.keywords}
        starred = any(isinstance(arg, ast.Starred) for arg in body.args[: wanted.index + 1])
        passed = given.get(wanted.name)
        if passed is None and not starred and len(body.args) > wanted.index:
            passed = body.args[wanted.index]
        if not isinstance(passed, ast.Name) or parameters.defaults:
            return None
        taken = [arg for arg in (*parameters.posonlyargs, *parameters.args) if arg.arg == passed.id]
        named = [n for n in walk(whole or body, ast.Name) if n.id == passed.id]
        if len(taken) != 1 or len(named) != 1:
            return None
        others = [a.arg for a in walk(parameters, ast.arg) if a not in taken]
        others += [n.id for n in walk(whole or body, ast.Name) if n not in named]
        if {"reader", "writer"} & set(others):
            return None  # what is called so is something else
        text = "reader=reader, writer=writer" if passed in given.values() else "reader, writer"
        self.resized.append(Replacement(self._place(module, taken[0]), "reader, writer"))
        self.resized.append(Replacement(self._place(module, passed), text))
        self.made |= {self._place(module, body), self._place(module, body.func)}
        return name


def _made_in(function: ast.FunctionDef) -> tuple[ast.expr | None, str]:
    """Return what a function makes, if it only keeps it and says so besides, and the name that this has there."""
    body = significant(function.body)
    returns = body.pop() if body and isinstance(body[-1], ast.Return) else None
    if isinstance(returns, ast.Return) and not isinstance(returns.value, ast.Name):
        return (returns.value if all(map(_only_keeps, body)) else None), ""
    named = [s for s in body if isinstance(s, ast.Assign)]
    made = named[0] if named else body[-1] if body else None
    if not isinstance(made, (ast.Assign, ast.Expr)) or not all(_only_keeps(s) for s in body if s is not made):
        return None, ""
    name = ast.unparse(made.targets[0]) if isinstance(made, ast.Assign) else ""
    if returns is not None and ast.unparse(returns) != f"return {name}":
        return None, ""
    return (made.value if name.isidentifier() or isinstance(made, ast.Expr) else None), name


def _is_called_alone(module: Module, node: ast.expr) -> bool:
    """Tell whether a statement is nothing but a call of *node*."""
    parents = Surroundings(module).parents
    call = parents[node]
    return isinstance(call, ast.Call) and call.func is node and isinstance(parents[call], ast.Expr)


def _only_keeps(statement: ast.stmt) -> bool:
    """Tell whether a statement prints or logs something, or puts it into a list or a set."""
    func = (
        statement.value.func if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) else None
    )
    keeps = isinstance(func, ast.Attribute) and func.attr in ("append", "add")
    return is_log(statement) or keeps or (isinstance(func, ast.Name) and func.id == "print")


def _names_in(target: ast.expr) -> list[ast.Name]:
    return list(walk(target, ast.Name))


def _given_to(loop: ast.For, name: str) -> list[ast.expr]:
    """Return what a loop over tuples and lists, or over zip() of them, gives to one of its names."""
    if isinstance(loop.target, ast.Name):
        return _elements(loop.iter)
    if not isinstance(loop.target, ast.Tuple):
        return []
    names = [element.id if isinstance(element, ast.Name) else "" for element in loop.target.elts]
    index = names.index(name) if name in names else len(names)
    is_zip = isinstance(loop.iter, ast.Call) and isinstance(loop.iter.func, ast.Name) and loop.iter.func.id == "zip"
    if isinstance(loop.iter, ast.Call):
        return _elements(loop.iter.args[index]) if is_zip and index < len(loop.iter.args) else []
    rows = [_elements(row) for row in _elements(loop.iter)]
    return [row[index] for row in rows] if all(index < len(row) for row in rows) else []


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, (ast.Tuple, ast.List)) else []
