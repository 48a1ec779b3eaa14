"""Classes that accept connections: how they set up their socket, and what they make of a new connection."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Callable, Optional

from asyncore_codemods.analyse.listening.accept_checks import flattened, gone_with_check, none_check
from asyncore_codemods.analyse.listening.dropped import Dropped
from asyncore_codemods.analyse.listening.session_makers import read_makers
from asyncore_codemods.analyse.listening.socket_setup import read_setup
from asyncore_codemods.analyse.values.syntax import (
    is_self_attribute,
    last_name,
    local_names,
    parent_map,
    self_attribute,
    significant,
    statement_around,
    suite_of,
)
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import AcceptFacts, AcceptSite, ListenerFacts, SocketSetup
from asyncore_codemods.model.sessions import Reason, Replacement
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.listening.session_makers import Maker
    from asyncore_codemods.index.modules import FunctionNode

# Which session classes an expression that is called can stand for; None: not a session, or not known.
SessionResolver = Callable[["Definition", ast.expr], Optional["frozenset[str]"]]


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
    found = [hierarchy.methods.get(name, []) for name in ("handle_accept", "handle_accepted")]
    top = hierarchy.top
    whole = Place(str(top.module.path), top.module.source.span(top.node))
    if all(found):
        if [definition.entry for definition in found[0]] != [top]:
            return [[Reason(Code.LISTENER, "defines handle_accept() and handle_accepted()", whole)]]
        found[1] = []  # that is called by asyncore's own handle_accept() only, or by the author's
    defined = [*found[0], *found[1]]
    if not defined:
        return [[Reason(Code.LISTENER, "does not define handle_accept()", whole)]]
    read = [_AcceptReader(hierarchy, definition, sessions_of, used_outside).read() for definition in defined]
    if all(isinstance(accept, AcceptFacts) and not _does_something(accept) for accept in read):
        return [[Reason(Code.LISTENER, f"{defined[0].function.name}() makes no session of a known class", whole)]]
    return read


# What may be done with the new connection's socket, and what does the same with a stream.
_SOCKET_CALLS = {
    "getpeername": 'writer.get_extra_info("peername")',
    "getsockname": 'writer.get_extra_info("sockname")',
}
_SOCKET_OPTIONS = ("setsockopt", "getsockopt", "fileno")


class _AcceptReader:
    """Reads handle_accept() or handle_accepted()."""

    def __init__(
        self, hierarchy: Hierarchy, definition: Definition, sessions_of: SessionResolver, used_outside: set[str]
    ) -> None:
        self.hierarchy = hierarchy
        self._enter(definition)
        self.used_outside = used_outside
        self.sessions_of = sessions_of
        self.settling: set[ast.AST] = set()  # calls that take the connection over, or close it
        self.reasons: list[Reason] = []

    def read(self) -> AcceptFacts | list[Reason]:
        """Return what the method does with a connection."""
        self.facts = AcceptFacts(
            self.function.name, self.definition.place(self.function), self.own, names=frozenset(self._names())
        )
        self.sock: list[ast.expr] = []  # every expression that is the new socket
        self.made_up: list[ast.stmt] = []  # statements that are not there
        self.checks: set[ast.AST] = set()  # what asks whether there is a connection
        self.addr_names: set[str] = set()
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
            self._read_socket_uses()
        if not self.reasons and not _does_something(self.facts):
            self._fail(self.function, f"{self.function.name}() makes no session of a known class")
        return self.reasons or self.facts

    def _enter(self, definition: Definition) -> None:
        self.definition = definition
        self.function = definition.function
        self.parents = parent_map(self.function)
        self.own = definition.self_name

    def _flatten(self) -> None:
        """Read the method as it comes to where a connection is there."""
        flat = flattened(self.function, self.own)
        if flat is not None:
            self.facts.unwrapped += [self.definition.place(statement) for statement in flat.unwrapped]
            self.function, self.made_up = flat.function, flat.made_up
            self.parents = parent_map(self.function)

    def _names(self) -> set[str]:
        return local_names(self.function) | {n.id for n in walk(self.function) if isinstance(n, ast.Name)}

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
        calls = [node for node in walk(self.function) if isinstance(node, ast.Call) and self._accepts(node.func)]
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
        sock, *rest = (element.id if isinstance(element, ast.Name) else "" for element in target.elts)
        parts = self._parts_of_address(target.elts[1]) if len(rest) == 1 else []
        if not sock or len(rest) != 1 or not (rest[0] or parts):
            self._fail(target, "handle_accept() unpacks what accept() returned in an unusual way")
            return
        if not self._check_behind(self.parents[target], sock):
            return
        self._names_are(sock, rest[0])
        if parts:
            self.facts.address = ", ".join(parts)

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
            self._passed(node, self.parents[parent], "", f"reader, writer, {_SOCKET_CALLS['getpeername']}")
            return
        self._fail(node, "handle_accept() passes on what accept() returned as a whole")

    def _element(self, node: ast.Subscript, index: object) -> None:
        parent = self.parents[node]
        if isinstance(parent, ast.Assign) and parent.value is node and isinstance(parent.targets[0], ast.Name):
            name = parent.targets[0].id
            self.facts.removed.append(self.definition.place(parent))
            self._names_are(name if index == 0 else "", name if index == 1 else "")
        elif index == 0:
            self.sock.append(node)
        elif index == 1:
            self.facts.replaced.append(Replacement(self.definition.place(node), _SOCKET_CALLS["getpeername"]))
        else:
            self._fail(node, "handle_accept() takes an unusual part of what accept() returned")

    def _used_directly(self, call: ast.Call) -> None:
        parent = self.parents[call]
        if isinstance(parent, ast.Starred) and isinstance(self.parents[parent], ast.Call):
            self._passed(call, self.parents[parent], "", f"reader, writer, {_SOCKET_CALLS['getpeername']}")
            return
        if isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant):
            self._element(parent, parent.slice.value)
        else:
            self._fail(call, "handle_accept() uses accept() in an unusual way")

    def _names_are(self, sock: str, addr: str) -> None:
        for node in walk(self.function):
            if isinstance(node, ast.Name) and sock and node.id == sock:
                if isinstance(node.ctx, ast.Load) and node not in self.checks:
                    self.sock.append(node)
            elif isinstance(node, ast.Name) and addr and node.id == addr and isinstance(node.ctx, ast.Load):
                self.facts.address = addr

    # -- what is done with the socket

    def _read_socket_uses(self) -> None:
        self._look_at_socket()
        facts, place = self.facts, self.definition.place
        if self.reasons:
            return
        if not (facts.sites or facts.awaited):
            for node in self.sock:
                if self._may_outlive(node):
                    self._fail(node, "does something unusual with the new connection's socket")
                    return
        statements = {place(node): node for node in walk(self.function) if isinstance(node, ast.stmt)}
        gone, unwrapped, left = (
            {statements.get(found) for found in places} for places in (facts.removed, facts.unwrapped, facts.left)
        )
        dropped = Dropped(self.settling, gone, unwrapped, left)
        dropped.read(self.function)
        facts.dropped += [place(statement) for statement in dropped.returns]
        facts.dropped_at_end += [place(statement) for statement in dropped.ends]

    def _look_at_socket(self) -> None:
        for node in list(self.sock):
            parent = self.parents[node]
            if isinstance(parent, ast.keyword):
                self._passed(node, self.parents[parent], parent.arg or "")
            elif isinstance(parent, ast.Call) and node in parent.args:
                self._passed(node, parent, "")
            elif isinstance(parent, ast.Attribute):
                self._called(parent)
            else:
                self._fail(node, "does something unusual with the new connection's socket")

    def _may_outlive(self, node: ast.AST) -> bool:
        """Tell whether a function within the method keeps the socket: it is not closed when the method ends."""
        while node is not self.function:
            node = self.parents[node]
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
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
        if attribute.attr in _SOCKET_CALLS and not call.args:
            self.facts.replaced.append(Replacement(place(call), _SOCKET_CALLS[attribute.attr]))
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
        self.settling.add(call)
        classes = self._sessions_of(self.definition, call.func) or self._classes_of_makers(node, call, text)
        if self.facts.awaited and not classes:
            return
        if not classes:
            name = ast.unparse(call.func)
            self._fail(
                node, f"passes the new connection's socket to {name}(), which is not a session that is known"
            )
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

    def _is_ignored(self, node: ast.expr, call: ast.Call) -> bool:
        """Tell whether the socket is given to a method of the listener's own that does nothing with it."""
        name = self_attribute(call.func, self.own) if self.definition.entry in self.hierarchy.members else ""
        methods = self.hierarchy.methods.get(name or "", [])
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
        return not self.hierarchy.mentions(("super",), name or "")

    def _sessions_of(self, definition: Definition, func: ast.expr) -> frozenset[str] | None:
        """Return the session classes that *func* makes; what another object has that is called alike is unknown."""
        is_own = definition.entry in self.hierarchy.members
        return self.sessions_of(definition, func) if is_own or isinstance(func, ast.Name) else None

    def _classes_of_makers(self, node: ast.expr, call: ast.Call, text: str) -> frozenset[str]:
        """Return the classes of the sessions that methods in between make; one that runs its own is read here."""
        if self.definition.entry not in self.hierarchy.members:
            return frozenset()  # once is enough
        makers = read_makers(self.hierarchy, self.definition, call, node, self._sessions_of)
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
        return maker.entry in self.hierarchy.members and maker.function.name in self.used_outside

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
        outer, sock = self.definition, self.sock
        self._enter(maker.definition)
        self.sock = []
        self._names_are(maker.parameter.arg, "")
        self._read_socket_uses()
        self.facts.names |= frozenset(self._names())
        self._enter(outer)
        self.sock = sock

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


def is_abstract(function: FunctionNode) -> bool:
    """Tell whether a method does nothing but say that subclasses have to define it."""
    body = significant(function.body)
    raised = body[0].exc if len(body) == 1 and isinstance(body[0], ast.Raise) else None
    kind = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(kind, ast.Name) and kind.id == "NotImplementedError"


def _does_something(accept: AcceptFacts) -> bool:
    """Tell whether a method makes a session or lets go of the connection."""
    return bool(accept.sites or accept.awaited or accept.closes or accept.dropped or accept.dropped_at_end)
