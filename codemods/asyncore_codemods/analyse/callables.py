"""What a listener may be given to make its sessions with, beside their class: a lambda, a partial, a function.

`Server(port, lambda sock: Session(sock, store))` hands on the two streams of a connection where it handed on a
socket; `functools.partial(Session, store=store)` takes them as it took that.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Optional

from asyncore_codemods.analyse.syntax import significant
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.construction import SocketParameter
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
    made: set[Place] = field(default_factory=set)  # the constructions, and the mentions that come to one

    def class_made_by(self, module: Module, node: ast.expr) -> str | None:
        """Return the session class that calling *node* makes an object of, None if that is not known."""
        if isinstance(node, ast.Lambda):
            return self._made(module, node.args, node.body)
        if isinstance(node, ast.Call):
            return self._partial(module, node)
        if isinstance(node, ast.Name):
            return self._function(module, node)
        return None

    def _place(self, module: Module, node: ast.AST) -> Place:
        return Place(str(module.path), module.source.span(node))

    def _partial(self, module: Module, node: ast.Call) -> str | None:
        if self.project.resolve_node(module, node.func) != "functools.partial" or not node.args:
            return None
        name = self.named(module, node.args[0])
        if name is not None:
            self.made.add(self._place(module, node.args[0]))
        return name

    def _function(self, module: Module, node: ast.Name) -> str | None:
        """`def make_session(sock, addr): return Session(sock)`, which nothing else calls."""
        if self.project.resolve_node(module, node) not in (node.id, f"{module.name}.{node.id}"):
            return None
        defined = [n for n in module.source.tree.body if isinstance(n, ast.FunctionDef) and n.name == node.id]
        mentions = [n for n in walk(module.source.tree) if isinstance(n, ast.Name) and n.id == node.id]
        if len(defined) != 1 or len(mentions) != 1 or defined[0].decorator_list:
            return None
        others = [m for m in self.project.modules.values() if m is not module]
        if any(isinstance(n, ast.alias) and n.name == node.id for m in others for n in walk(m.source.tree)):
            return None
        body = significant(defined[0].body)
        value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
        return self._made(module, defined[0].args, value) if value is not None else None

    def _made(self, module: Module, parameters: ast.arguments, body: ast.expr) -> str | None:
        """`Session(sock, ...)` with one of the *parameters* for its socket."""
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
        named = [n for n in walk(body) if isinstance(n, ast.Name) and n.id == passed.id]
        if len(taken) != 1 or len(named) != 1:
            return None
        text = "reader=reader, writer=writer" if passed in given.values() else "reader, writer"
        self.resized.append(Replacement(self._place(module, taken[0]), "reader, writer"))
        self.resized.append(Replacement(self._place(module, passed), text))
        self.made |= {self._place(module, body), self._place(module, body.func)}
        return name
