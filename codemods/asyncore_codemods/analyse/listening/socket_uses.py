"""What a listener does with a new connection's socket, and what does the same with a stream."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Optional

from asyncore_codemods.analyse.listening.dropped import Dropped
from asyncore_codemods.analyse.listening.session_makers import read_makers
from asyncore_codemods.analyse.listening.socket_lists import read_socket_list
from asyncore_codemods.analyse.values.syntax import (
    local_names,
    parent_map,
    self_attribute,
    statement_around,
    suite_of,
)
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import AcceptSite
from asyncore_codemods.model.sessions import Reason, Replacement
from asyncore_codemods.nodes import CALLABLES, walk

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.listening.session_makers import Maker
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.model.programs import AcceptFacts

SOCKET_CALLS = {
    "getpeername": 'writer.get_extra_info("peername")',
    "getsockname": 'writer.get_extra_info("sockname")',
}
_KEEPING = ("append", "add", "insert", "put", "appendleft")
_SOCKET_OPTIONS = ("setsockopt", "getsockopt", "fileno")

# Which session classes an expression that is called can stand for; None: not a session, or not known.
SessionResolver = Callable[["Definition", ast.expr], Optional["frozenset[str]"]]


@dataclass
class SessionFinder:
    """Who knows which sessions a listener makes; `used_outside` are its attributes that others use."""

    hierarchy: Hierarchy
    sessions_of: SessionResolver
    used_outside: set[str]


@dataclass
class NewSocket:
    """The expressions that are a new connection's socket, and those that are `*(socket, address)`."""

    sock: list[ast.expr] = field(default_factory=list)
    starred: list[tuple[ast.expr, ast.AST]] = field(default_factory=list)  # with what they are passed to
    stays: bool = False  # an attribute keeps it, beyond the method


class SocketUses:
    """Reads what *function* does with what it is *given*.

    That is a method as it comes to where there is a connection: `definition` is the method as it stands.
    """

    def __init__(
        self,
        finder: SessionFinder,
        definition: Definition,
        function: FunctionNode,
        facts: AcceptFacts,
        given: NewSocket,
    ) -> None:
        self.finder = finder
        self.definition = definition
        self.function = function
        self.parents = parent_map(function)
        self.facts = facts
        self.given = given
        self.settling: set[ast.AST] = set()  # calls that take the connection over, or close it
        self.reasons: list[Reason] = []

    def _fail(self, node: ast.AST, message: str) -> None:
        self.reasons.append(Reason(Code.LISTENER, message, self.definition.place(node)))

    def read(self) -> list[Reason]:
        """Add to the facts what is done with the socket; return the reasons why that is not understood, if any."""
        for node, call in self.given.starred:
            self._passed(node, call, "", f"reader, writer, {SOCKET_CALLS['getpeername']}")
        self._look_at_socket()
        if not self.reasons:
            self._look_at_the_end()
        return self.reasons

    def _look_at_the_end(self) -> None:
        """Find the ways out of the method on which nobody has taken the connection over, which drops it."""
        facts, place = self.facts, self.definition.place
        if not (facts.sites or facts.awaited):
            for node in self.given.sock:
                if self._may_outlive(node):
                    self._fail(node, "does something unusual with the new connection's socket")
                    return
        statements = {place(node): node for node in walk(self.function, ast.stmt)}
        gone, unwrapped, left = (
            {statements.get(found) for found in places} for places in (facts.removed, facts.unwrapped, facts.left)
        )
        dropped = Dropped(self.settling, gone, unwrapped, left)
        dropped.read(self.function)
        if self.given.stays and (dropped.returns or dropped.ends):
            self._fail((dropped.returns + dropped.ends)[0], "keeps a connection of which it makes no session")
            return
        facts.dropped += [place(statement) for statement in dropped.returns]
        facts.dropped_at_end += [place(statement) for statement in dropped.ends]

    def _look_at_socket(self) -> None:
        for node in self.given.sock:
            parent = self.parents[node]
            if isinstance(parent, ast.keyword):
                self._passed(node, self.parents[parent], parent.arg or "")
            elif isinstance(parent, ast.Call) and node in parent.args:
                self._passed(node, parent, "")
            elif isinstance(parent, ast.Attribute):
                self._called(parent)
            elif not self._is_listed(node):
                self._fail(node, "does something unusual with the new connection's socket")

    def _may_outlive(self, node: ast.AST) -> bool:
        """Tell whether a function within the method keeps the socket: it is not closed when the method ends."""
        while node is not self.function:
            node = self.parents[node]
            if isinstance(node, CALLABLES):
                return node is not self.function
        return False

    def _called(self, attribute: ast.Attribute) -> None:
        call = self.parents.get(attribute)
        if not isinstance(call, ast.Call) or call.func is not attribute:
            self._fail(attribute, f"uses the new connection's socket.{attribute.attr}")
            return
        statement = statement_around(call, self.parents)
        alone = isinstance(statement, ast.Expr) and statement.value is call
        place = self.definition.place
        if attribute.attr in SOCKET_CALLS and not call.args:
            self.facts.replaced.append(Replacement(place(call), SOCKET_CALLS[attribute.attr]))
        elif attribute.attr in _SOCKET_OPTIONS:
            text = 'writer.get_extra_info("socket")'
            self.facts.replaced.append(Replacement(place(attribute.value), text))
        elif attribute.attr == "close" and alone:
            self.settling.add(call)
            self.facts.replaced.append(Replacement(place(attribute), "writer.close"))
            self.facts.closes = self.facts.closes or statement in self.function.body
        elif attribute.attr == "shutdown" and alone and self._closes_next(statement, attribute.value):
            self.facts.removed.append(place(statement))
        elif attribute.attr in ("send", "sendall") and alone:
            self.facts.replaced.append(Replacement(place(attribute), "writer.write"))
        elif attribute.attr == "setblocking" and alone:
            self.facts.removed.append(place(statement))
        else:
            self._fail(attribute, f"calls {attribute.attr}() of the new connection's socket")

    def _closes_next(self, statement: ast.stmt, sock: ast.expr) -> bool:
        """Tell whether the statement behind *statement* closes the socket."""
        block = suite_of(self.parents[statement], statement)
        following = block[block.index(statement) + 1 :] if block else []
        return bool(following) and ast.unparse(following[0]) == f"{ast.unparse(sock)}.close()"

    def _passed(self, node: ast.expr, call: ast.AST, keyword: str, text: str = "reader, writer") -> None:
        if not isinstance(call, ast.Call):
            self._fail(node, "does something unusual with the new connection's socket")
            return
        if self._is_ignored(node, call):
            self.facts.replaced.append(Replacement(self.definition.place(node), "writer"))
            return
        if self._is_listed(node):
            return
        self.settling.add(call)
        classes = self._sessions_of(self.definition, call.func) or self._classes_of_makers(node, call, text)
        if self.facts.awaited and not classes:
            return
        if not classes:
            self._fail(node, self._why_unknown(call))
            return
        statement = statement_around(call, self.parents)
        block = self._block_of(statement)
        if block is None:
            self._fail(call, "makes the session in a loop, a try or a with statement, or something follows it")
            return
        target = ""
        if (
            isinstance(statement, ast.Assign)
            and statement.value is call
            and isinstance(statement.targets[0], ast.Name)
        ):
            target = statement.targets[0].id
        place = self.definition.place
        ends_with_return = isinstance(block[-1], ast.Return) and block[-1].value is None
        last = block[-2] if ends_with_return and len(block) > 1 else block[-1]
        self.facts.sites.append(
            AcceptSite(
                place(call),
                place(statement),
                classes,
                Replacement(place(node), "reader=reader, writer=writer" if keyword else text),
                target,
                is_statement=isinstance(statement, ast.Expr) and statement.value is call,
                run_after=place(last),
                is_last=last is statement,
                before_return=ends_with_return,
                is_outermost=self._is_outermost(block),
            )
        )

    def _is_listed(self, node: ast.expr) -> bool:
        """Tell whether the socket goes into a list in which its writer is as good, and have it go there."""
        parent = self.parents[node]
        holder: ast.expr | None = None
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr in _KEEPING:
            holder = parent.func.value
        elif isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Subscript):
            holder = parent.targets[0].value
        module, project = self.definition.module, self.finder.hierarchy.project
        kept = read_socket_list(project, module, holder, self.given.sock) if holder is not None else None
        if kept is None:
            return False
        self.facts.replaced += [Replacement(self.definition.place(node), "writer"), *kept.replaced]
        self.facts.resized += kept.resized
        self.facts.sends |= {one.place.path for one in kept.resized}
        self.facts.entered.add(kept.name)
        self.given.stays = True
        return True

    def _why_unknown(self, call: ast.Call) -> str:
        """Return what speaks against a call with the socket that makes no session, as far as can be seen."""
        name, module, project = ast.unparse(call.func), self.definition.module, self.finder.hierarchy.project
        if isinstance(call.func, ast.Attribute) and call.func.attr in _KEEPING:
            return f"puts the new connection's socket into {ast.unparse(call.func.value)}, not a session"
        imported = module.bindings.get(name.partition(".")[0], "")
        source = imported.rpartition(".")[0] if isinstance(call.func, ast.Name) else imported
        missing = source and source != module.name and project.find_module(source, module) is None
        if missing and any(one.target == imported for one in module.imports):
            why = f"comes from {source}, not one of these files"
        else:
            why = "is not a session that is known"
        return f"passes the new connection's socket to {name}(), which {why}"

    def _is_ignored(self, node: ast.expr, call: ast.Call) -> bool:
        """Tell whether the socket is given to a method of the listener's own that does nothing with it."""
        hierarchy, own = self.finder.hierarchy, self.definition
        name = self_attribute(call.func, own.self_name) if own.entry in hierarchy.members else ""
        methods = hierarchy.methods.get(name or "", [])
        if not methods or node not in call.args or any(isinstance(given, ast.Starred) for given in call.args):
            return False
        index = call.args.index(node) + 1
        for method in methods:
            positional, decorated = method.function.args.args, method.function.decorator_list
            if decorated or isinstance(method.function, ast.AsyncFunctionDef) or len(positional) <= index:
                return False
            parameter = positional[index].arg
            if any(isinstance(inner, ast.Name) and inner.id == parameter for inner in walk(method.function)):
                return False
        return not hierarchy.mentions(("super",), name or "")

    def _sessions_of(self, definition: Definition, func: ast.expr) -> frozenset[str] | None:
        """Return the session classes that *func* makes; what another object has that is called alike is unknown."""
        is_own = definition.entry in self.finder.hierarchy.members
        return self.finder.sessions_of(definition, func) if is_own or isinstance(func, ast.Name) else None

    def _classes_of_makers(self, node: ast.expr, call: ast.Call, text: str) -> frozenset[str]:
        """Return the classes of the sessions that methods in between make; one that runs its own is read here."""
        if self.definition.entry not in self.finder.hierarchy.members:
            return frozenset()  # once is enough
        makers = read_makers(self.finder.hierarchy, self.definition, call, node, self._sessions_of)
        if not makers or self._is_shared(makers[0].definition):
            return frozenset()
        for maker in makers:
            place = maker.definition.place
            self.facts.resized.append(Replacement(place(maker.parameter), "reader, writer"))
            if maker.returned is not None and maker.socket is not None:
                streams = "reader=reader, writer=writer" if maker.keyword else "reader, writer"
                self.facts.resized.append(Replacement(place(maker.socket), streams))
                self.facts.made.append(place(maker.returned))
        if makers[0].returned is None:
            self._read_runner(makers[0], Replacement(self.definition.place(node), text), call)
            abstract = [maker.definition for maker in makers if maker.is_abstract]
            self.facts.coroutines += [one.place(one.function) for one in abstract]
        return frozenset().union(*(maker.classes for maker in makers))

    def _is_shared(self, maker: Definition) -> bool:
        """Tell whether a method of the listener's own is used by others; nobody else uses another object's."""
        return maker.entry in self.finder.hierarchy.members and maker.function.name in self.finder.used_outside

    def _read_runner(self, maker: Maker, given: Replacement, call: ast.Call) -> None:
        """Read a method that makes the session and returns nothing: it will run it, and is to be awaited."""
        statement = statement_around(call, self.parents)
        block = self._block_of(statement)
        alone = isinstance(statement, ast.Expr) and statement.value is call
        if not alone or block is None or block[-1] is not statement:
            return
        place = self.definition.place
        self.facts.resized.append(given)
        self.facts.awaited.append(place(call))
        self.facts.coroutines.append(maker.definition.place(maker.definition.function))
        function = maker.definition.function
        named = [
            node
            for node in walk(function, ast.Name)
            if node.id == maker.parameter.arg and isinstance(node.ctx, ast.Load)
        ]
        uses = SocketUses(self.finder, maker.definition, function, self.facts, NewSocket(list(named)))
        self.reasons += uses.read()
        self.facts.names |= frozenset(names_in(function))

    def _block_of(self, statement: ast.stmt) -> list[ast.stmt] | None:
        """Return the block of *statement* if nothing can run after that block in this method."""
        current: ast.AST = statement
        own: list[ast.stmt] | None = None
        while current is not self.function:
            parent = self.parents[current]
            block = suite_of(parent, current)
            if isinstance(parent, ast.Try) and own is None and block is parent.body:
                if parent.orelse or parent.finalbody or any(isinstance(s, ast.Return) for s in block):
                    return None
                self._leave_handlers(parent)
                own, current = [parent], parent
                continue
            if not block or not isinstance(parent, (ast.If, ast.FunctionDef)):
                return None
            if own is None:
                own = block
                if any(isinstance(later, ast.Return) for later in block[block.index(statement) + 1 : -1]):
                    return None
                if isinstance(block[-1], ast.Return):
                    return None if block[-1].value is not None else block
                if isinstance(block[-1], (ast.Return, ast.Raise)):
                    return None
            elif block[-1] is not current:
                return None  # something follows the `if`
            current = parent
        return own

    def _is_outermost(self, block: list[ast.stmt]) -> bool:
        """Tell whether a block is the whole of what comes after accept()."""
        parent = self.parents[block[0]]
        if isinstance(parent, ast.If) and self.definition.place(parent) in self.facts.unwrapped:
            parent = self.parents[parent]
        return parent is self.function

    def _leave_handlers(self, node: ast.Try) -> None:
        """Have the handlers of a `try` leave the method: there is no session that could be run behind it."""
        for handler in node.handlers:
            last = handler.body[-1]
            if not isinstance(last, (ast.Return, ast.Raise)):
                self.facts.left.append(self.definition.place(last))


def names_in(function: FunctionNode) -> set[str]:
    """Return every name that a function uses or binds."""
    return local_names(function) | {node.id for node in walk(function, ast.Name)}
