"""Classes that accept connections: how they set up their socket, and what they make of a new connection."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.listening.accept_checks import flattened, gone_with_check, none_check
from asyncore_codemods.analyse.listening.socket_setup import read_setup
from asyncore_codemods.analyse.listening.socket_uses import (
    SOCKET_CALLS,
    NewSocket,
    SessionFinder,
    SocketUses,
    names_in,
)
from asyncore_codemods.analyse.values.syntax import (
    is_self_attribute,
    last_name,
    parent_map,
    self_attribute,
    significant,
    statement_around,
)
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import AcceptFacts, ListenerFacts, SocketSetup
from asyncore_codemods.model.sessions import Reason, Replacement
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.listening.socket_uses import SessionResolver
    from asyncore_codemods.index.modules import FunctionNode


def read_listener(
    hierarchy: Hierarchy, sessions_of: SessionResolver, used_outside: set[str], told: list[SocketSetup]
) -> ListenerFacts | list[Reason]:
    """Return the facts of a listener, or the reasons why it is not understood.

    *used_outside* are attributes that others use, *told* is how others set it up, if they do.
    """
    setup = read_setup(hierarchy) if not told else told[0]
    accepts = _read_accepts(hierarchy, sessions_of, used_outside)
    reasons = [reason for part in (setup, *accepts) if isinstance(part, list) for reason in part]
    if reasons:
        return reasons
    assert isinstance(setup, SocketSetup)
    return ListenerFacts(told or [setup], [accept for accept in accepts if isinstance(accept, AcceptFacts)])


def _read_accepts(
    hierarchy: Hierarchy, sessions_of: SessionResolver, used_outside: set[str]
) -> list[AcceptFacts | list[Reason]]:
    """Return what is known of every handle_accept(), or handle_accepted(), of the hierarchy."""
    found = [hierarchy.methods.get(name, []) for name in legacy.ACCEPTING]
    top = hierarchy.top
    whole = Place(str(top.module.path), top.module.source.span(top.node))
    if all(found):
        if [definition.entry for definition in found[0]] != [top]:
            return [[Reason(Code.LISTENER, "defines handle_accept() and handle_accepted()", whole)]]
        found[1] = []  # that is called by asyncore's own handle_accept() only, or by the author's
    defined = [*found[0], *found[1]]
    if not defined:
        return [[Reason(Code.LISTENER, "does not define handle_accept()", whole)]]
    finder = SessionFinder(hierarchy, sessions_of, used_outside)
    read = [_AcceptReader(finder, definition).read() for definition in defined]
    if all(isinstance(accept, AcceptFacts) and not _does_something(accept) for accept in read):
        return [[Reason(Code.LISTENER, f"{defined[0].function.name}() makes no session of a known class", whole)]]
    return read


class _AcceptReader:
    """Reads handle_accept() or handle_accepted()."""

    def __init__(self, finder: SessionFinder, definition: Definition) -> None:
        self.finder = finder
        self.definition = definition
        self.function = definition.function
        self.parents = parent_map(self.function)
        self.own = definition.self_name
        self.facts = AcceptFacts(
            self.function.name, definition.place(self.function), self.own, names=frozenset(names_in(self.function))
        )
        self.given = NewSocket()
        self.made_up: list[ast.stmt] = []  # statements that are not there
        self.checks: set[ast.AST] = set()  # what asks whether there is a connection
        self.reasons: list[Reason] = []

    def read(self) -> AcceptFacts | list[Reason]:
        """Return what the method does with a connection."""
        if isinstance(self.function, ast.AsyncFunctionDef) or self.function.decorator_list:
            self._fail(self.function, f"{self.function.name}() is a coroutine or decorated")
        elif is_abstract(self.function):
            if self.function.name == "handle_accepted":
                self._read_accepted()
            return self.reasons or self.facts
        elif self.function.name == "handle_accepted":
            self._read_accepted()
        else:
            self._flatten()
            self._read_accept()
        if not self.reasons:
            self.reasons += SocketUses(self.finder, self.definition, self.function, self.facts, self.given).read()
        if not self.reasons and not _does_something(self.facts):
            self._fail(self.function, f"{self.function.name}() makes no session of a known class")
        return self.reasons or self.facts

    def _flatten(self) -> None:
        """Read the method as it comes to where a connection is there."""
        flat = flattened(self.function, self.own)
        if flat is not None:
            self.facts.unwrapped += [self.definition.place(statement) for statement in flat.unwrapped]
            self.function, self.made_up = flat.function, flat.made_up
            self.parents = parent_map(self.function)

    def _fail(self, node: ast.AST, message: str) -> None:
        self.reasons.append(Reason(Code.LISTENER, message, self.definition.place(node)))

    # -- where the socket and the address come from

    def _read_accepted(self) -> None:
        positional = self.function.args.args
        if len(positional) != 3 or self.function.args.vararg:
            self._fail(self.function, "handle_accepted() does not take a socket and an address")
            return
        sock, addr = positional[1], positional[2]
        self.facts.parameters = [self.definition.place(sock), self.definition.place(addr)]
        self._names_are(sock.arg, addr.arg)

    def _read_accept(self) -> None:
        calls = [node for node in walk(self.function, ast.Call) if self._accepts(node.func)]
        if len(calls) != 1:
            self._fail(self.function, "handle_accept() does not call accept() once")
            return
        call = calls[0]
        statement = statement_around(call, self.parents)
        outer = self.parents[statement]
        if isinstance(outer, ast.Try):
            if outer.body[0] is not statement or outer.finalbody or outer.orelse:
                self._fail(outer, "handle_accept() does more than accept() in a try statement")
                return
            # a stream is handed over only once it has been accepted; what else is in the `try` stays there
            whole: ast.stmt = outer if len(outer.body) == 1 else statement
        else:
            outer = whole = statement
        if self.parents[outer] is not self.function:
            self._fail(call, "handle_accept() calls accept() under a condition")
            return
        if isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1:
            self.facts.removed += [] if statement in self.made_up else [self.definition.place(whole)]
            self._accepted_into(statement.targets[0], whole)
        elif whole is statement:
            self._used_directly(call)
        else:
            self._fail(call, "handle_accept() uses accept() in an unusual way")

    def _accepts(self, func: ast.expr) -> bool:
        """Tell whether what is called is `self.accept`, or past that `self.socket.accept`, which may but raise."""
        if not isinstance(func, ast.Attribute) or func.attr != "accept":
            return False
        return last_name(func.value) == self.own or is_self_attribute(func.value, self.own, "socket")

    def _accepted_into(self, target: ast.expr, statement: ast.stmt) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            self._pair(target)
        elif isinstance(target, ast.Name):
            self._guarded(target.id, statement)
        else:
            self._fail(target, "handle_accept() keeps what accept() returned")

    def _pair(self, target: ast.Tuple | ast.List) -> None:
        sock, *rest = map(self._variable, target.elts)
        parts = self._parts_of_address(target.elts[1]) if len(rest) == 1 else []
        if not sock or len(rest) != 1 or not (rest[0] or parts):
            self._fail(target, "handle_accept() unpacks what accept() returned in an unusual way")
            return
        if not self._check_behind(self.parents[target], sock):
            return
        if isinstance(target.elts[0], ast.Attribute) and self._is_asked_elsewhere(target.elts[0].attr):
            self._fail(target, f"keeps the new connection's socket in {sock}, which others use")
            return
        self._names_are(sock, rest[0])
        if parts:
            self.facts.address = ", ".join(parts)

    def _variable(self, target: ast.expr) -> str:
        """Return the variable, or attribute of the listener's, that part of a pair goes to."""
        name = self_attribute(target, self.own)
        if name is not None and (name == "addr" or name not in legacy.inherited_names(legacy.DISPATCHER)):
            return ast.unparse(target)
        return target.id if isinstance(target, ast.Name) else ""

    def _is_asked_elsewhere(self, attribute: str) -> bool:
        """Tell whether another method of the listener's, or another object, asks for an *attribute*."""
        return attribute in self.finder.used_outside or any(
            isinstance(node.ctx, ast.Load) and self_attribute(node, definition.self_name) == attribute
            for definition in self.finder.hierarchy.definitions()
            if definition.function is not self.definition.function
            for node in walk(definition.function, ast.Attribute)
        )

    @staticmethod
    def _parts_of_address(target: ast.expr) -> list[str]:
        """Return the names in `(host, port)`, if that is what is made of an address."""
        elements = target.elts if isinstance(target, (ast.Tuple, ast.List)) else []
        names = [element.id for element in elements if isinstance(element, ast.Name)]
        return names if len(names) == len(elements) > 1 else []

    def _guarded(self, pair: str, statement: ast.stmt) -> None:
        """`pair = self.accept()`, then a check for None, then `sock, addr = pair` or pair[0] and pair[1]."""
        body = self.function.body
        if statement not in body:
            self._fail(statement, "handle_accept() does more than accept() in a try statement")
            return
        if not self._check_behind(statement, pair):
            return
        for node in walk(self.function):
            if (
                isinstance(node, ast.Name)
                and node.id == pair
                and isinstance(node.ctx, ast.Load)
                and node not in self.checks
            ):
                self._use_of_pair(node)

    def _check_behind(self, statement: ast.AST, name: str) -> bool:
        """Take a check for None away, of *name*, behind the *statement* that sets it; tell whether it can go."""
        body = self.function.body
        following = body[body.index(statement) + 1 :] if statement in body else []
        check = following[0] if following else None
        if not isinstance(check, ast.If) or not none_check(check.test, name):
            return True
        gone = gone_with_check(check, name, is_last=len(following) == 1)
        if gone is None:
            self._fail(check, "handle_accept() does something of its own when accept() returns None")
            return False
        self.facts.unwrapped += [] if check in gone else [self.definition.place(check)]
        self.facts.removed += map(self.definition.place, gone)
        self.checks |= set(walk(check.test))
        return True

    def _use_of_pair(self, node: ast.Name) -> None:
        parent = self.parents[node]
        if isinstance(parent, ast.Assign) and parent.value is node and len(parent.targets) == 1:
            target = parent.targets[0]
            if isinstance(target, (ast.Tuple, ast.List)):
                self.facts.removed.append(self.definition.place(parent))
                self._pair(target)
                return
        if isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant):
            self._element(parent, parent.slice.value)
            return
        if isinstance(parent, ast.Starred) and isinstance(self.parents[parent], ast.Call):
            self.given.starred.append((node, self.parents[parent]))
            return
        self._fail(node, "handle_accept() passes on what accept() returned as a whole")

    def _element(self, node: ast.Subscript, index: object) -> None:
        parent = self.parents[node]
        if isinstance(parent, ast.Assign) and parent.value is node and isinstance(parent.targets[0], ast.Name):
            name = parent.targets[0].id
            self.facts.removed.append(self.definition.place(parent))
            self._names_are(name if index == 0 else "", name if index == 1 else "")
        elif index == 0:
            self.given.sock.append(node)
        elif index == 1:
            self.facts.replaced.append(Replacement(self.definition.place(node), SOCKET_CALLS["getpeername"]))
        else:
            self._fail(node, "handle_accept() takes an unusual part of what accept() returned")

    def _used_directly(self, call: ast.Call) -> None:
        parent = self.parents[call]
        if isinstance(parent, ast.Starred) and isinstance(self.parents[parent], ast.Call):
            self.given.starred.append((call, self.parents[parent]))
            return
        if isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant):
            self._element(parent, parent.slice.value)
        else:
            self._fail(call, "handle_accept() uses accept() in an unusual way")

    def _names_are(self, sock: str, addr: str) -> None:
        for node in walk(self.function, (ast.Name, ast.Attribute)):
            text, kept, read = ast.unparse(node), isinstance(node, ast.Attribute), isinstance(node.ctx, ast.Load)
            if text == sock:
                if read and node not in self.checks:
                    self.given.sock.append(node)
                    self.given.stays |= kept
            elif text == addr and (read or kept):
                self.facts.address = addr


def is_abstract(function: FunctionNode) -> bool:
    """Tell whether a method does nothing but say that subclasses have to define it."""
    body = significant(function.body)
    raised = body[0].exc if len(body) == 1 and isinstance(body[0], ast.Raise) else None
    kind = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(kind, ast.Name) and kind.id == "NotImplementedError"


def _does_something(accept: AcceptFacts) -> bool:
    """Tell whether a method makes a session or lets go of the connection."""
    return bool(accept.sites or accept.awaited or accept.closes or accept.dropped or accept.dropped_at_end)
