"""What a program does with its connections after an exception has ended the loop.

A channel of asyncore's is a socket: it sends and closes whether or not a loop runs. A rewritten session needs the
event loop, which is closed when asyncio.run() is left, by Ctrl-C for instance. So a program that then says goodbye
to its sessions, or closes them, must keep them on the bridge. A listener is the exception: its server is closed
already, and closing it again does nothing.

What is put into a buffer of a dispatcher's own by then, for its writable() to ask for, asyncore never sends. A
rewritten session would.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.references import Surroundings, name_called, outline_of
from asyncore_codemods.analyse.looping.behind import leavings
from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.analyse.values.syntax import caught_by, following, last_name
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import FUNCTIONS, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncore_codemods.analyse.looping.startups import Startup
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.model.programs import LoopSite

_NEEDS_LOOP = frozenset(
    {"close", "close_when_done", "handle_close", "push", "push_with_producer", "send", "sendto"}
)
_ADDING = ("append", "appendleft", "extend", "insert", "put", "put_nowait", "write")
NEVER_LEAVE_A_LOOP = frozenset(  # asyncore gives these to handle_error()
    {"ArithmeticError", "Exception", "ImportError", "LookupError", "OSError", "IOError", "TypeError", "ValueError"}
)


@dataclass
class Aftermath:
    """What follows a loop and needs it: `statements` of the loop's own function, and the `reasons` they are."""

    startup: Startup
    reasons: list[Reason] = field(default_factory=list)
    statements: list[ast.stmt] = field(default_factory=list)
    is_near: bool = True  # none is in another function
    unsent: list[Reason] = field(default_factory=list)  # what is put where nobody sends it any more


def uses_after(
    project: Project,
    modules: Sequence[Module],
    startups: Sequence[Startup],
    listeners: frozenset[str],
    raised: frozenset[str] = frozenset(),
) -> list[Aftermath]:
    """Return where connections are used after a loop that an exception has ended, or after a polled one.

    *listeners* are the qualified names of the listeners that inherit close(). What catches an exception called one
    of *raised*, which a handler of a signal raises, counts as such a use.
    """
    reader = _Reader(project, modules, startups, listeners, raised)
    for startup in startups:
        for module in modules:
            if str(module.path) == startup.site.place.path:
                reader.read(module, startup)
    for aftermath in reader.found:
        if aftermath.startup.site.polling is not None:
            aftermath.unsent.clear()  # the next pass sends it
    sites = [(aftermath, aftermath.startup.site) for aftermath in reader.found]
    return [a for a, site in sites if a.reasons or a.unsent or site.last or site.polling is not None]


@dataclass
class _Reader:
    project: Project
    modules: Sequence[Module]
    startups: Sequence[Startup]
    listeners: frozenset[str]
    raised: frozenset[str]
    found: list[Aftermath] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.around = {module.path: Surroundings(module) for module in self.modules}
        self.defined: dict[str, list[tuple[Module, FunctionNode]]] = {}  # functions by their names
        for module in self.modules:
            for name, functions in outline_of(module).functions.items():
                self.defined.setdefault(name, []).extend((module, function) for function in functions)
        self.left = leavings(self.modules, [startup.site for startup in self.startups])
        self.kept: set[tuple[object, str]] = set()  # what holds a listener: a module's path and an expression
        self.seen: set[ast.AST] = set()  # what has been looked at behind one loop
        self.using: set[ast.AST] = set()  # what of that needs the loop, or calls what does
        self.callers: dict[ast.AST, set[ast.AST]] = {}
        self.buffers = {name for module in self.modules for name in _asked_for(self.project, module)}
        for module in self.modules:
            for made, target in outline_of(module).kept:
                if self._class_of(module, made.func) in self.listeners:
                    self.kept.add((module.path, target))

    def _functions(self, name: str) -> list[tuple[Module, FunctionNode]]:
        return self.defined.get(name, [])

    def _calls(self, name: str) -> Iterator[tuple[Module, ast.Call]]:
        for module in self.modules:
            yield from ((module, call) for call in outline_of(module).calls.get(name, ()))

    def _class_of(self, module: Module, node: ast.expr) -> str:
        entry = self.project.class_named(module, node)
        return entry.qualname if entry is not None else ""

    # -- which statements run then

    def read(self, module: Module, startup: Startup) -> None:
        calls = list(self._calls_of_loop(startup.site))
        for root in startup.roots:
            if root.text and root.classes <= self.listeners:
                self.kept.add((module.path, root.text))
        aftermath = Aftermath(startup)
        self.found.append(aftermath)
        self.reasons, self.unsent = aftermath.reasons, aftermath.unsent
        for handler in (one for where, call in calls for one in self._handlers_of_signals(where, call)):
            message = "a handler of signals raises what the program catches around its loop"
            aftermath.reasons.append(Reason(Code.THREADS, message, self._place(module, handler)))
            aftermath.statements += handler.body
        self.ending = "an exception has ended" if startup.site.polling is None else "it has left"
        self.seen, self.using, self.callers = set(), set(), {}
        goes_on = startup.site.polling is not None or bool(startup.site.last)
        for other, statement, is_near in self._later(*calls[0], ends=goes_on):
            self._look(other, statement)
            runs = self._look_for_passes(startup, other, statement)
            if runs or statement in self.using:
                aftermath.statements.append(statement)
                aftermath.is_near = aftermath.is_near and is_near

    def _calls_of_loop(self, site: LoopSite) -> Iterator[tuple[Module, ast.Call]]:
        """Yield the call that runs the loop, and the one that leads to it, if that is the loop's site."""
        for place in (site.handed, site.place):
            for module in self.modules:
                if place is not None and str(module.path) == place.path:
                    yield module, self.around[module.path].call_at(place.span)

    def _handlers_of_signals(self, module: Module, call: ast.Call) -> Iterator[ast.ExceptHandler]:
        """Yield what catches around the loop's *call* what the handlers of signals raise."""
        inner: ast.AST = call
        for outer in self.around[module.path].ancestors(call) if self.raised else ():
            if isinstance(outer, FUNCTIONS):
                return
            if isinstance(outer, ast.Try) and inner in outer.body:
                yield from (h for h in outer.handlers if not self.raised.isdisjoint(caught_by(h)))
            inner = outer

    def _later(self, module: Module, node: ast.AST, *, ends: bool) -> Iterator[tuple[Module, ast.stmt, bool]]:
        """Yield what may run after an exception has left *node*, in the functions that call it, too.

        Each with whether it is in the function of *node*. *ends* says that what follows *node* runs anyway.
        """
        queue = [(module, node, caught) for caught in ((False, True) if ends else (False,))]
        seen = {(node, caught) for _, _, caught in queue}  # calls it can leave, and whether it was caught by then
        while queue:
            where, left, caught = queue.pop()
            for home, statement, is_caught, function in self._in_function(where, left, caught=caught):
                if statement is not None:
                    yield home, statement, left is node
                for other, call in self._calls(function.name) if function is not None else ():
                    if (call, is_caught) not in seen:
                        seen.add((call, is_caught))
                        queue.append((other, call, is_caught))

    def _in_function(
        self, module: Module, node: ast.AST, *, caught: bool
    ) -> Iterator[tuple[Module, ast.stmt | None, bool, FunctionNode | None]]:
        """Yield what runs after an exception has left *node*, or, if it is *caught* there, after *node*.

        Each statement with the module that it is in, and whether the exception has been caught by then; last, the
        function around it all.
        """
        inner = node
        for outer in self.around[module.path].ancestors(node):
            if isinstance(outer, ast.Try) and inner in outer.body:
                handlers = [] if caught else [h for h in outer.handlers if _can_catch(h)]
                yield from ((module, statement, caught, None) for h in handlers for statement in h.body)
                yield from ((module, statement, caught, None) for statement in outer.finalbody)
                caught = caught or any(not leaves(h.body[-1]) for h in handlers)
            elif isinstance(outer, ast.With):
                for home, method in self._functions("__exit__"):
                    yield from ((home, statement, caught, None) for statement in method.body)
            if caught:
                yield from ((module, statement, caught, None) for statement in following(outer, inner))
            if isinstance(outer, FUNCTIONS):
                yield module, None, caught, outer
                return
            inner = outer

    # -- what they do

    def _look_for_passes(self, startup: Startup, module: Module, statement: ast.stmt) -> bool:
        """Tell whether a statement runs some last passes of the loop, and so needs it."""
        place = self._place(module, statement)
        if any(one.place.path == place.path and place.span.contains(one.place.span) for one in startup.site.last):
            self.reasons.append(Reason(Code.LOOP, "the program runs the loop a second time", place))
            return True
        return False

    def _look(self, module: Module, node: ast.AST) -> None:
        """Look at *node* and all that it calls, each once however many statements lead to it."""
        if node in self.seen:
            return
        self.seen.add(node)
        for part in walk(node):
            target = _added_to(part) if self.buffers else None
            if target is not None and target.attr in self.buffers and not self._is_anothers(module, target):
                message = f"the program adds to {target.attr} when {self.ending} the loop, and nobody sends that"
                self.unsent.append(Reason(Code.AFTER_LOOP, message, self._place(module, part)))
            if isinstance(part, ast.Call) and not self._closes_listener(module, part):
                if self._needs_loop(module, part) or self._closes_all(module, part):
                    message = f"the program calls {name_called(part)}() when {self.ending} the loop"
                    self.reasons.append(Reason(Code.AFTER_LOOP, message, self._place(module, part)))
                    self._mark(node)
                    return
                for other, function in self._functions(name_called(part)):
                    self.callers.setdefault(function, set()).add(node)
                    self._look(other, function)
                    if function in self.using:
                        self._mark(node)

    def _mark(self, node: ast.AST) -> None:
        """Note that *node* needs the loop, and so does whatever is known to call it."""
        queue = [node]
        while queue:
            one = queue.pop()
            if one not in self.using:
                self.using.add(one)
                queue += self.callers.get(one, ())

    def _is_anothers(self, module: Module, target: ast.Attribute) -> bool:
        """Tell whether *target* is an attribute that a class of the program's own gives itself."""
        ancestors = self.around[module.path].ancestors(target)
        owner = next((node for node in ancestors if isinstance(node, ast.ClassDef)), None)
        entry = self.project.entries.get(id(owner))
        return entry is not None and not entry.root and ast.unparse(target.value) == "self"

    def _place(self, module: Module, node: ast.AST) -> Place:
        return Place(str(module.path), module.source.span(node))

    def _closes_all(self, module: Module, call: ast.Call) -> bool:
        """Tell whether *call* is one of close_all() in a function that cannot know whether the loop still runs."""
        if self.project.resolve_node(module, call.func) != "asyncore.close_all":
            return False
        return (str(module.path), self.around[module.path].scope(call)) not in self.left

    def _closes_listener(self, module: Module, call: ast.Call) -> bool:
        """Tell whether *call* is one of the close() that a listener inherits, whatever other classes call so."""
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "close":
            return False
        return (module.path, ast.unparse(call.func.value)) in self.kept

    def _needs_loop(self, module: Module, call: ast.Call) -> bool:
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in _NEEDS_LOOP:
            return False
        receiver = call.func.value
        resolved = self.project.resolve_node(module, call.func) or ""
        if resolved.partition(".")[0] in {imported.target.partition(".")[0] for imported in module.imports}:
            return False  # os.close(), say
        ancestors = self.around[module.path].ancestors(call)
        owner = next((node for node in ancestors if isinstance(node, ast.ClassDef)), None)
        if isinstance(receiver, ast.Name) and receiver.id == "self" and owner is not None:
            entry = self.project.entries.get(id(owner))
            if entry is not None and not entry.root:
                return False  # a method of its own, which is looked at by its name
            return entry is None or entry.qualname not in self.listeners or call.func.attr != "close"
        if isinstance(receiver, ast.Attribute) and receiver.attr == "socket":
            return False
        return not self._is_file(module, receiver, ancestors)

    def _is_file(self, module: Module, receiver: ast.expr, ancestors: list[ast.AST]) -> bool:
        """Tell whether its function, or its module, gives the name *receiver* to an open file, or a database."""
        text = ast.unparse(receiver)
        return any(
            isinstance(node.value, ast.Call)
            and text in [ast.unparse(target) for target in node.targets]
            and (name_called(node.value) in ("open", "fdopen") or self._connects(module, node.value))
            for scope in ancestors
            if isinstance(scope, (*FUNCTIONS, ast.Module))
            for node in walk(scope, ast.Assign)
        )

    def _connects(self, module: Module, call: ast.Call) -> bool:
        """Tell whether *call* is one of a foreign module's connect(), as sqlite3's."""
        imported = {one.target for one in module.imports} - {one.name for one in self.project.modules.values()}
        resolved = self.project.resolve_node(module, call.func) or ""
        return resolved.endswith(".connect") and resolved.rpartition(".")[0] in imported - {legacy.BRIDGE}


def _asked_for(project: Project, module: Module) -> Iterator[str]:
    """Yield the attributes that the writable() methods of legacy classes look at."""
    for node in module.all_classes:
        entry = project.entries.get(id(node))
        for method in node.body if entry is not None and entry.root else ():
            if isinstance(method, ast.FunctionDef) and method.name == "writable":
                yield from (n.attr for n in walk(method, ast.Attribute))


def _added_to(node: ast.AST) -> ast.Attribute | None:
    """Return the attribute that *node* adds something to, if it does."""
    target: ast.AST | None = None
    if isinstance(node, ast.AugAssign):
        target = node.target
    elif isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant):
        is_state = isinstance(node.value, (ast.Name, ast.Attribute)) and last_name(node.value).isupper()
        target = None if is_state else node.targets[0]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ADDING:
        target = node.func.value
    return target if isinstance(target, ast.Attribute) else None


def _can_catch(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler may see what leaves a loop: KeyboardInterrupt, SystemExit, ExitNow and the like."""
    return handler.type is None or any(name not in NEVER_LEAVE_A_LOOP for name in caught_by(handler))
