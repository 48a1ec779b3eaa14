"""Where a program runs asyncore's loop, and how it goes on afterwards."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.references import Surroundings
from asyncore_codemods.analyse.syntax import self_name
from asyncore_codemods.codes import Code
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.programs import LoopSite
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project

_HARMLESS_ARGUMENTS = ("timeout", "use_poll")
_POSITIONS = ("timeout", "use_poll", "map", "count")


def read_loops(project: Project, modules: list[Module]) -> list[LoopSite]:
    """Return every call of asyncore.loop() in *modules*."""
    sites = []
    for module in modules:
        around = Surroundings(module)
        sites += [
            _read_site(project, module, around, node)
            for node in ast.walk(module.source.tree)
            if isinstance(node, ast.Call) and project.resolve_node(module, node.func) == "asyncore.loop"
        ]
    return sites


def _read_site(project: Project, module: Module, around: Surroundings, call: ast.Call) -> LoopSite:
    statement = around.statement(call)
    ancestors = around.ancestors(call)
    functions = [n for n in ancestors if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))]
    inner = ancestors[: ancestors.index(functions[0])] if functions else ancestors
    place = Place(str(module.path), module.source.span(call))
    site = LoopSite(
        place,
        around.scope(call),
        module.source.span(statement),
        alone=isinstance(statement, ast.Expr) and statement.value is call,
        in_loop=any(isinstance(node, (ast.While, ast.For)) for node in inner),
        guarded=any(isinstance(node, (ast.Try, ast.With)) for node in inner)
        or _something_follows(around, statement),
    )
    holder = around.parents.get(functions[0]) if functions else None
    if isinstance(holder, ast.ClassDef) and isinstance(functions[0], ast.FunctionDef):
        site.owner = next((e.qualname for e in project.classes.values() if e.node is holder), "")
        site.self_name = self_name(functions[0])
    site.problems = _problems(call, place, functions)
    return site


def _something_follows(around: Surroundings, statement: ast.stmt) -> bool:
    current: ast.AST = statement
    while current in around.parents:
        parent = around.parents[current]
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and current in block and block.index(current) < len(block) - 1:
                return not isinstance(parent, ast.Module)
        if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
        current = parent
    return False


def _problems(call: ast.Call, place: Place, functions: Sequence[ast.AST]) -> list[Reason]:
    problems = []
    given = dict(zip(_POSITIONS, call.args))
    for keyword in call.keywords:
        given[keyword.arg or "**"] = keyword.value
    for name, value in given.items():
        is_none = isinstance(value, ast.Constant) and value.value is None
        if name in _HARMLESS_ARGUMENTS or is_none:
            continue
        code = Code.MAP if name == "map" else Code.LOOP
        problems.append(Reason(code, f"the loop is run with {name}={ast.unparse(value)}", place))
    if len(functions) > 1 or any(isinstance(f, ast.Lambda) for f in functions):
        problems.append(Reason(Code.LOOP, "the loop is run in a nested function", place))
    if any(isinstance(f, ast.AsyncFunctionDef) for f in functions):
        problems.append(Reason(Code.LOOP, "the loop is run in a coroutine", place))
    return problems


@dataclass
class Server:
    """A listener that a loop serves: the expression for it, and how that comes about."""

    text: str  # "server", "self.server", "self"; for an inlined one, "" until the call's own text is known
    calls: list[Place] = field(default_factory=list)  # where it is made
    bound: list[Place] = field(default_factory=list)  # statements that must bind it to the name `text`
    inlined: Place | None = None  # the statement that goes, because its call moves into the loop's
    call: Place | None = None


@dataclass
class Startup:
    """A loop site with the listeners it serves."""

    site: LoopSite
    servers: list[Server] = field(default_factory=list)


def read_startup(project: Project, module: Module, site: LoopSite, listeners: set[str]) -> Startup | Reason:
    """Return which listeners exist when the loop at *site* starts, if that can be seen there."""
    return _StartupReader(project, module, site, listeners).read()


class _StartupReader:
    def __init__(self, project: Project, module: Module, site: LoopSite, listeners: set[str]) -> None:
        self.project = project
        self.module = module
        self.site = site
        self.listeners = listeners
        self.around = Surroundings(module)
        self.call = next(
            node
            for node in ast.walk(module.source.tree)
            if isinstance(node, ast.Call) and module.source.span(node) == site.place.span
        )
        functions = [n for n in self.around.ancestors(self.call) if isinstance(n, ast.FunctionDef)]
        self.body: ast.AST = functions[0] if functions else module.source.tree
        self.names = {n.id for n in ast.walk(module.source.tree) if isinstance(n, ast.Name)}

    def read(self) -> Startup | Reason:
        startup = Startup(self.site)
        made = [call for call in self._constructions(self.body) if call.lineno <= self.call.lineno]
        groups: dict[int, list[ast.Call]] = {}
        for call in made:
            groups.setdefault(id(self._branch_root(call)), []).append(call)
        for calls in groups.values():
            server = self._server(calls, only=len(groups) == 1)
            if isinstance(server, Reason):
                return server
            startup.servers.append(server)
        if not startup.servers:
            found = self._made_elsewhere()
            if isinstance(found, Reason):
                return found
            startup.servers.append(found)
        return startup

    def _fail(self, node: ast.AST, message: str) -> Reason:
        return Reason(Code.LOOP, message, Place(str(self.module.path), self.module.source.span(node)))

    def _constructions(self, body: ast.AST) -> list[ast.Call]:
        found = []
        for node in ast.walk(body):
            if isinstance(node, ast.Call) and self._listener(node):
                functions = [
                    n
                    for n in self.around.ancestors(node)
                    if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef))
                ]
                if (functions[0] if functions else self.module.source.tree) is body:
                    found.append(node)
        return sorted(found, key=lambda node: (node.lineno, node.col_offset))

    def _listener(self, node: ast.Call) -> str:
        target = self.project.resolve_node(self.module, node.func)
        entry = self.project.class_at(target, self.module) if target else None
        return entry.qualname if entry is not None and entry.qualname in self.listeners else ""

    def _branch_root(self, call: ast.Call) -> ast.AST:
        """Return the outermost `if` around *call* that the loop is not in, or the call itself."""
        root: ast.AST = call
        mine = set(self.around.ancestors(self.call))
        for ancestor in self.around.ancestors(call):
            if ancestor in mine:
                break
            if isinstance(ancestor, ast.If):
                root = ancestor
        return root

    def _server(self, calls: list[ast.Call], *, only: bool) -> Server | Reason:
        statements = [self.around.statement(call) for call in calls]
        for call, statement in zip(calls, statements):
            problem = self._problem_of(call, statement)
            if problem:
                return self._fail(call, problem)
        root = self._branch_root(calls[0])
        if isinstance(root, ast.If) and not self._one_in_each_branch(root, calls):
            return self._fail(calls[0], "makes the listener only under a condition")
        targets = {self._target(call, statement) for call, statement in zip(calls, statements)} - {""}
        place = self._place
        if len(targets) > 1:
            return self._fail(calls[0], "keeps the listener under different names")
        if targets:
            text = targets.pop()
        elif only and len(calls) == 1 and self._is_just_before(statements[0]):
            server = Server("", [place(calls[0])], call=place(calls[0]))
            server.inlined = place(statements[0])
            return server
        else:
            text = next(name for name in ("server", "listener", "main_server") if name not in self.names)
            self.names.add(text)
        server = Server(text, [place(call) for call in calls])
        server.bound = [
            place(statement)
            for call, statement in zip(calls, statements)
            if isinstance(statement, ast.Expr) and statement.value is call
        ]
        return server

    def _problem_of(self, call: ast.Call, statement: ast.stmt) -> str:
        mine = set(self.around.ancestors(self.call))
        for ancestor in self.around.ancestors(call):
            if ancestor in mine:
                break
            if isinstance(ancestor, (ast.For, ast.While)):
                return "makes listeners in a loop"
            if isinstance(ancestor, ast.Try) and not _all_leave(ancestor):
                return "makes the listener in a try statement that may go on without it"
            if isinstance(ancestor, ast.With):
                return "makes the listener in a with statement"
        is_alone = isinstance(statement, ast.Expr) and statement.value is call
        if not is_alone and not self._target(call, statement):
            return "uses the new listener in an expression"
        return ""

    def _target(self, call: ast.Call, statement: ast.stmt) -> str:
        if isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) or dotted_name(target):
                return self.module.source.segment(target)
        return ""

    def _one_in_each_branch(self, root: ast.If, calls: list[ast.Call]) -> bool:
        def count(body: list[ast.stmt]) -> bool:
            inside = [call for call in calls if any(call in ast.walk(statement) for statement in body)]
            nested = [statement for statement in body if isinstance(statement, ast.If)]
            if len(inside) == 1 and not any(inside[0] in ast.walk(n) for n in nested):
                return True
            return any(count(n.body) and bool(n.orelse) and count(n.orelse) for n in nested)

        return bool(root.orelse) and count(root.body) and count(root.orelse)

    def _is_just_before(self, statement: ast.stmt) -> bool:
        own = self.around.statement(self.call)
        if not self.site.alone or not isinstance(statement, ast.Expr):
            return False
        parent = self.around.parents[own]
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and own in block:
                index = block.index(own)
                fits = statement.end_lineno == statement.lineno
                return index > 0 and block[index - 1] is statement and fits
        return False

    def _made_elsewhere(self) -> Server | Reason:
        """The loop is run by a method of the listener, of the object that keeps it, or beside a global."""
        if self.site.owner in self.listeners:
            return Server(self.site.self_name)
        holder = self.around.parents.get(self.body)
        if isinstance(holder, ast.ClassDef) and self.site.self_name:
            kept = [
                (call, self._target(call, self.around.statement(call)))
                for function in holder.body
                if isinstance(function, ast.FunctionDef) and function is not self.body
                for call in self._constructions(function)
            ]
            if len(kept) == 1 and kept[0][1].startswith("self.") and self.site.self_name == "self":
                return Server(kept[0][1], [self._place(kept[0][0])])
        if isinstance(self.body, ast.FunctionDef):
            made = self._constructions(self.module.source.tree)
            if len(made) == 1:
                statement = self.around.statement(made[0])
                text = self._target(made[0], statement)
                if text.isidentifier() and not self._problem_of(made[0], statement):
                    return Server(text, [self._place(made[0])])
        return self._fail(self.call, "runs the loop where the listeners it serves cannot be seen")

    def _place(self, node: ast.AST) -> Place:
        return Place(str(self.module.path), self.module.source.span(node))


def _all_leave(node: ast.Try) -> bool:
    """Tell whether every handler of a `try` ends the program or the function."""
    return all(_leaves(handler.body[-1]) for handler in node.handlers)


def _leaves(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Return, ast.Raise)):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        name = dotted_name(statement.value.func) or ""
        return name in ("sys.exit", "exit", "os._exit", "quit")
    return False
