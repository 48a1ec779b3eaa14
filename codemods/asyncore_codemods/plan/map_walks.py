"""Walks over asyncore's map: to say something to all sessions of a class, to count them, to close everything.

`for channel in asyncore.socket_map.values(): if isinstance(channel, Client): ...` sees every Client that has
not been closed, in the order in which they came, and passes over whatever else is in the map. So does
`if hasattr(channel, "push"):` where the sessions of one class are all that can. Rewritten sessions are kept
by their class, which yields the same. A walk over everything, or close_all(), asks all
classes, if they are known. How many there are is what a session may ask: the listeners are open by then.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.constructions import home_of
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.usage.effects import CLOSERS
from asyncore_codemods.analyse.values.syntax import local_names, parent_map, self_attribute, self_name, significant
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason, Replacement
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.sessions.sessions import SessionPlan
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.looping.behind import Leaving
    from asyncore_codemods.index.modules import FunctionNode, Module
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.plan.changes import Changes
    from asyncore_codemods.plan.listeners import ListenerPlan
    from asyncore_codemods.plan.threads.reach import Reach
    from asyncore_codemods.spans import Span

_SESSIONS = ("sessions", "everyone", "all_sessions")
_SERVERS = ("servers", "listeners", "all_servers")
_METHODS = ("all_open", "open_channels")
_SENDERS = ("push", "send")
_HOOKS = ("handle_close", "handle_error", "close")


@dataclass(frozen=True)
class Closing:
    """A statement that closes everything, and a name that is free there."""

    statement: Span
    name: str


@dataclass(frozen=True)
class MapWalk:
    """A walk over the map in search of the objects of some hierarchies."""

    hierarchies: tuple[Hierarchy, ...]
    named: tuple[str, ...]  # what the walk calls their classes
    map: Place  # `asyncore.socket_map`, `self._map` or `asyncore.close_all`
    walked: Place  # `list(asyncore.socket_map.values())`
    closing: Closing | None = None  # if that is a call of close_all()
    test: Place | None = None  # an `if` around all that is done, which asks for the class and nothing else
    rest: Replacement | None = None  # what is left of a test for push(), which all that are walked over have
    counts: bool = False  # `len(asyncore.socket_map)`: nothing is asked but how many there are
    hooked: bool = False  # a session whose connection is lost may look for itself: it is in the map until close()


def read_map_walks(
    reach: Reach,
    hierarchies: Sequence[Hierarchy],
    loops: Mapping[tuple[str, str], Sequence[Leaving]],
) -> list[MapWalk]:
    """Return the walks in a program that look for sessions, or for whatever is one of the *hierarchies*.

    *loops* says where the loop is left, by file and function: behind it, all connections are closed.
    """
    reader = _Reader(reach, hierarchies, loops)
    return [found for module in reach.modules for found in reader.read(module)]


def keep_channels(
    walks: list[MapWalk], plans: Sequence[SessionPlan | ListenerPlan], changes: Changes
) -> list[Reason]:
    """Have the classes keep the objects that *walks* look for; return why they cannot."""
    reasons: list[Reason] = []
    methods: dict[str, str] = {}
    for plan in plans:
        walked = next((one for one in walks if plan.hierarchy in one.hierarchies), None)
        if walked is None:
            continue
        description, own = plan.description, plan.hierarchy.own_names
        names = _SESSIONS if isinstance(plan, SessionPlan) else _SERVERS
        registry, method = ([name for name in some if name not in own] for some in (names, _METHODS))
        if not registry or not method or not _is_made_in_one_place(plan):
            message = "is looked for in asyncore's map, and has no one constructor to keep it"
            reasons.append(Reason(Code.ASYNCORE_USE, message, walked.map))
            continue
        description.registry, description.all_open = registry[0], method[0]
        methods[plan.hierarchy.top.qualname] = method[0]
    for one in walks if not reasons else ():
        calls = [f"{text}.{methods[h.top.qualname]}()" for h, text in zip(one.hierarchies, one.named)]
        everything = calls[0] if len(calls) == 1 else f"[{', '.join(f'*{call}' for call in calls)}]"
        if one.counts:
            changes.replace([Replacement(one.walked, f"len({everything})")])
        elif one.closing is None:
            changes.replace([Replacement(one.walked, everything)])
            changes.unwrap([one.test] if one.test is not None else [])
            changes.replace([one.rest] if one.rest is not None else [])
        else:
            name = one.closing.name
            lines = f"for {name} in {everything}:\n    {name}.close()"
            changes.rewrite([Replacement(Place(one.map.path, one.closing.statement), lines)])
    return reasons


def _is_made_in_one_place(plan: SessionPlan | ListenerPlan) -> bool:
    """Tell whether the topmost class has the statement that puts an object into the map."""
    if isinstance(plan, SessionPlan):
        homes = {place.path for place in plan.construction.base_calls} | {plan.description.place.path}
        return len(homes) == 1 and plan.description.connection is None
    setups = plan.facts.setups
    homes = {place.path for setup in setups for place in setup.statements.values()} | {plan.description.place.path}
    return len(homes) == 1 and all(setup.method for setup in setups)


class _Reader:
    def __init__(
        self,
        reach: Reach,
        hierarchies: Sequence[Hierarchy],
        loops: Mapping[tuple[str, str], Sequence[Leaving]],
    ) -> None:
        self.reach = reach
        self.project = reach.project
        self.loops = loops
        self.hierarchies = sorted(hierarchies, key=_are_sessions)  # listeners are in the map before their sessions
        self.hooked: set[int] | None = None  # the functions that run when a connection ends

    def read(self, module: Module) -> Iterator[MapWalk]:
        parents, around = parent_map(module.source.tree), Surroundings(module)
        for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
            means = self.project.resolve_node(module, node)
            if getattr(node, "attr", "") != "_map" and means not in (
                "asyncore.close_all",
                "asyncore.socket_map",
            ):
                continue
            function, entry = home_of(self.project, node, parents)
            if function is None or self._is_behind(module, node, around.scope(node)):
                continue
            if means == "asyncore.close_all":
                found = self._closing(module, node, function, parents)
                if found is not None:
                    yield found
            elif means == "asyncore.socket_map" or _is_own_map(node, function, entry):
                found = self._walk(module, node, function, entry, parents)
                found = found or self._count(module, node, function, entry, parents)
                if found is not None:
                    yield found

    def _is_behind(self, module: Module, node: ast.AST, scope: str) -> bool:
        """Tell whether *node* stands in a function that leaves the loop, and not between the passes of that."""
        left = self.loops.get((str(module.path), scope), [])
        polled = [one.site.polling.loop for one in left if one.site.polling is not None]
        between = any(p.path == str(module.path) and p.span.contains(module.source.span(node)) for p in polled)
        return bool(left) and not between

    def _walk(
        self,
        module: Module,
        node: ast.expr,
        function: FunctionNode,
        entry: ClassEntry | None,
        parents: dict[ast.AST, ast.AST],
    ) -> MapWalk | None:
        values, copied = _values(node, parents)
        loop = parents.get(values) if values is not None else None
        if values is None or not isinstance(loop, (ast.For, ast.comprehension)) or loop.iter is not values:
            return None
        if not isinstance(loop.target, ast.Name):
            return None
        conditions = _conditions(loop)
        asked = next((one for one in conditions if _asks_for_push(one, loop.target.id)), None)
        wanted = [kind for kind in (_kind(one, loop.target.id) for one in conditions) if kind is not None]
        if asked is not None:
            wanted += self._who_pushes(module, function)
        found = self._hierarchy(module, wanted[0], entry) if len(wanted) == 1 else None
        hierarchies: tuple[Hierarchy, ...] = (found,) if found is not None else ()
        named = [ast.unparse(kind) for kind in wanted]
        is_plain = not wanted and isinstance(loop, ast.For) and _only_calls(loop.body, loop)
        if is_plain and self._all_have(_asked_of_each(loop)):
            hierarchies = tuple(self.hierarchies)
            named = self._names_in(module, function)
        passes_over = any(_is_not_self(one, loop.target.id, self_name(function)) for one in conditions)
        if not hierarchies or len(named) != len(hierarchies):
            return None
        if not copied and _may_change_map(loop, hierarchies, passes_over=passes_over):
            return None
        is_all = len(wanted) == 1 and (asked is not None or len(hierarchies[0].members) == 1)
        whole = _whole(parents[loop], wanted) if is_all and isinstance(loop, ast.comprehension) else None
        meets_itself = not passes_over and not _only_tells(loop)
        test = _needless_test(loop) if is_all else None
        rest = _rest(module, loop, asked) if asked is not None else None
        if asked is not None and not (test or whole or rest):
            return None
        return MapWalk(
            hierarchies,
            tuple(named),
            self._place(module, node),
            self._place(module, whole or values),
            test=self._place(module, test) if test is not None else None,
            rest=rest,
            hooked=meets_itself and self._is_hooked(function),
        )

    def _count(
        self,
        module: Module,
        node: ast.expr,
        function: FunctionNode,
        entry: ClassEntry | None,
        parents: dict[ast.AST, ast.AST],
    ) -> MapWalk | None:
        """Return what `len(asyncore.socket_map)` comes to where a session asks, and none is about to end."""
        call = parents[node]
        if not isinstance(call, ast.Call) or call.args != [node] or getattr(call.func, "id", "") != "len":
            return None
        home = next((one for one in self.hierarchies if entry in one.members), None)
        if home is None or not _are_sessions(home) or function.name == "__init__" or self._is_hooked(function):
            return None
        named = self._names_in(module, function)
        if len(named) != len(self.hierarchies):
            return None
        place, walked = self._place(module, node), self._place(module, call)
        return MapWalk(tuple(self.hierarchies), tuple(named), place, walked, counts=True)

    def _closing(
        self, module: Module, node: ast.expr, function: FunctionNode, parents: dict[ast.AST, ast.AST]
    ) -> MapWalk | None:
        """Return what close_all() comes to: everything is closed, and no hook runs."""
        call = parents[node]
        statement = parents[call]
        named = self._names_in(module, function)
        if not isinstance(call, ast.Call) or call.func is not node or not self._closes_all(module, call):
            return None
        if not isinstance(statement, ast.Expr) or len(named) != len(self.hierarchies):
            return None
        place = self._place(module, node)
        closing = Closing(module.source.span(statement), _free_name(function))
        return MapWalk(tuple(self.hierarchies), tuple(named), place, self._place(module, call), closing)

    def _closes_all(self, module: Module, call: ast.Call) -> bool:
        """Tell whether close_all() is given no map, or the one that everything lives in."""
        given = [self._place(module, one) for one in (*call.args, *(keyword.value for keyword in call.keywords))]
        maps = [one.private_map for one in self.hierarchies if one.private_map is not None]
        return all(any(one.covers(place) for one in maps) for place in given)

    def _names_in(self, module: Module, function: FunctionNode) -> list[str]:
        """Return what the classes that may be in the map are called in *function*, as far as it knows them."""
        named = []
        for hierarchy in self.hierarchies:
            node = ast.Name(id=hierarchy.top.name, ctx=ast.Load())
            found = self.project.class_named(module, node)
            if found is hierarchy.top and hierarchy.top.name not in local_names(function):
                named.append(hierarchy.top.name)
        return named

    @staticmethod
    def _place(module: Module, node: ast.AST) -> Place:
        return Place(str(module.path), module.source.span(node))

    def _hierarchy(self, module: Module, wanted: ast.expr, entry: ClassEntry | None) -> Hierarchy | None:
        """Return the classes that a walk looks for; `self.__class__` is that of the method."""
        own = isinstance(wanted, ast.Attribute) and wanted.attr == "__class__"
        found = entry if own else self.project.class_named(module, wanted)
        if found is None:
            return None
        return next((one for one in self.hierarchies if found.qualname in one.names), None)

    def _who_pushes(self, module: Module, function: FunctionNode) -> list[ast.expr]:
        """Return the one class that has push(), if what it is called in *function* is known."""
        able = [one for one in self.hierarchies if "push" in {*legacy.inherited_names(one.root), *one.own_names}]
        if len(able) != 1 or able[0].top.name not in self._names_in(module, function):
            return []
        return [ast.Name(id=able[0].top.name, ctx=ast.Load())]

    def _all_have(self, names: set[str]) -> bool:
        """Tell whether all classes have what a walk uses of each channel, when asyncore's own is gone."""
        return all(names <= {*one.own_names, "close"} for one in self.hierarchies)

    def _is_hooked(self, function: FunctionNode) -> bool:
        """Tell whether *function* may run because a connection ends."""
        if self.hooked is None:
            starts = [
                (definition.module, definition.function)
                for hierarchy in self.hierarchies
                for name in _HOOKS
                for definition in hierarchy.methods.get(name, ())
            ]
            reached = self.reach.of(starts)
            self.hooked = {id(region) for _, region in reached.regions}
        return id(function) in self.hooked


def _is_own_map(node: ast.expr, function: FunctionNode, entry: ClassEntry | None) -> bool:
    """Tell whether *node* is what a channel calls its map."""
    return entry is not None and bool(entry.root) and self_attribute(node, self_name(function)) == "_map"


def _values(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> tuple[ast.expr | None, bool]:
    """Return `map.values()`, with what copies it around it, and whether that is so."""
    values = parents[node]
    call = parents.get(values)
    if not isinstance(values, ast.Attribute) or values.attr not in ("values", "itervalues"):
        return None, False
    if not isinstance(call, ast.Call) or call.func is not values or call.args or call.keywords:
        return None, False
    outer = parents[call]
    if isinstance(outer, ast.Call) and outer.args == [call] and getattr(outer.func, "id", "") in ("list", "tuple"):
        return outer, True
    return call, False


def _needless_test(loop: ast.For | ast.comprehension) -> ast.If | None:
    """Return the `if` in which a loop does all it does, if that asks for one thing, the class."""
    first, *others = significant(loop.body) if isinstance(loop, ast.For) else [None]
    if isinstance(first, ast.If) and isinstance(first.test, ast.Call) and not (first.orelse or others):
        return first
    return None


def _whole(outer: ast.AST, wanted: Sequence[ast.expr]) -> ast.ListComp | None:
    """Return the list around a comprehension, if that is of all objects of the class that is asked for."""
    if not isinstance(outer, ast.ListComp) or len(outer.generators) != 1:
        return None
    loop = outer.generators[0]
    is_list = ast.dump(outer.elt) == ast.dump(_loaded(loop.target))
    return outer if is_list and len(_conditions(loop)) == len(wanted) == 1 else None


def _rest(module: Module, loop: ast.For | ast.comprehension, asked: ast.expr) -> Replacement | None:
    """Return what is left of `hasattr(channel, "push") and more`, around all that a loop does."""
    first, *others = significant(loop.body) if isinstance(loop, ast.For) else [None]
    test = first.test if isinstance(first, ast.If) and not (first.orelse or others) else None
    if not isinstance(test, ast.BoolOp) or len(test.values) != 2 or asked not in test.values:
        return None
    (other,) = (module.source.segment(value) for value in test.values if value is not asked)
    return None if "\n" in other else Replacement(Place(str(module.path), module.source.span(test)), other)


def _conditions(loop: ast.For | ast.comprehension) -> list[ast.expr]:
    """Return what has to be true of a channel for which anything is done."""
    if isinstance(loop, ast.comprehension):
        tests = list(loop.ifs)
    else:
        body = significant(loop.body)
        first = body[0] if body and not loop.orelse else None
        if not isinstance(first, ast.If) or first.orelse:
            return []
        goes_on = len(first.body) == 1 and isinstance(first.body[0], ast.Continue)
        if goes_on:
            return list(_parts(first.test, ast.Or, negated=True))
        tests = [first.test] if len(body) == 1 else []
    return [part for test in tests for part in _parts(test, ast.And, negated=False)]


def _parts(test: ast.expr, kind: type[ast.boolop], *, negated: bool) -> Iterator[ast.expr]:
    """Yield what `a and b` requires, or what `not a or not b` rules out."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, kind):
        for value in test.values:
            yield from _parts(value, kind, negated=negated)
    elif not negated:
        yield test
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield test.operand
    elif isinstance(test, ast.Compare) and len(test.ops) == 1:
        opposite = {ast.Is: ast.IsNot, ast.Eq: ast.NotEq}.get(type(test.ops[0]))
        if opposite is not None:
            yield ast.Compare(left=test.left, ops=[opposite()], comparators=test.comparators)


def _kind(condition: ast.expr, name: str) -> ast.expr | None:
    """Return C for `isinstance(channel, C)`."""
    if not isinstance(condition, ast.Call) or getattr(condition.func, "id", "") != "isinstance":
        return None
    args = condition.args
    is_it = len(args) == 2 and isinstance(args[0], ast.Name) and args[0].id == name
    return args[1] if is_it and isinstance(args[1], (ast.Name, ast.Attribute)) else None


def _asks_for_push(condition: ast.expr, name: str) -> bool:
    return ast.unparse(condition) == f"hasattr({name}, 'push')"


def _is_not_self(condition: ast.expr, name: str, own: str) -> bool:
    return ast.unparse(condition) in (
        *(f"{name} is not {own}", f"{own} is not {name}"),
        *(f"{name} != {own}", f"{own} != {name}"),
    )


def _only_tells(loop: ast.For | ast.comprehension) -> bool:
    """Tell whether a walk does nothing but call a method of each session: one that is gone hears nothing."""
    if isinstance(loop, ast.comprehension):
        return False
    last = significant(loop.body)[-1]
    body = significant(last.body) if isinstance(last, ast.If) else [last]
    return len(body) == 1 and _method_called(body[0], loop) in _SENDERS


def _method_called(statement: ast.stmt, loop: ast.For) -> str:
    call = statement.value if isinstance(statement, ast.Expr) else None
    func = call.func if isinstance(call, ast.Call) else None
    is_its = isinstance(func, ast.Attribute) and ast.dump(func.value) == ast.dump(_loaded(loop.target))
    return func.attr if isinstance(func, ast.Attribute) and is_its else ""


def _asked_of_each(loop: ast.For | ast.comprehension) -> set[str]:
    """Return the names of what a walk uses of each channel."""
    each = ast.dump(_loaded(loop.target))
    return {node.attr for node in walk(loop, ast.Attribute) if ast.dump(node.value) == each}


def _loaded(target: ast.expr) -> ast.expr:
    return ast.Name(id=getattr(target, "id", ""), ctx=ast.Load())


def _may_change_map(
    loop: ast.For | ast.comprehension, hierarchies: Sequence[Hierarchy], *, passes_over: bool
) -> bool:
    """Tell whether a walk may close something, after which a dictionary could not be walked on.

    push() does that to a session which has been told to close, and has nothing left to send. That is the one whose
    peer says something behind its farewell; unless the walk *passes_over* the session itself.
    """
    closers = {*CLOSERS, *(name for hierarchy in hierarchies for name in hierarchy.methods)}
    if not passes_over and any(True for hierarchy in hierarchies for _ in hierarchy.uses("close_when_done")):
        closers |= {*_SENDERS}
    return isinstance(loop, ast.For) and any(
        isinstance(node, ast.Attribute) and node.attr in closers
        for statement in loop.body
        for node in walk(statement)
    )


def _only_calls(body: list[ast.stmt], loop: ast.For) -> bool:
    """Tell whether each channel of a walk is only told something, so that it does not matter which is the first."""
    for statement in significant(body):
        if isinstance(statement, ast.If):
            told = _only_calls(statement.body, loop) and _only_calls(statement.orelse, loop)
            asked = list(walk(statement.test, ast.Call))
            if not told or any(getattr(call.func, "id", "") != "isinstance" for call in asked):
                return False
        elif not isinstance(statement, ast.Continue) and not _method_called(statement, loop):
            return False
    return not loop.orelse


def _free_name(function: FunctionNode) -> str:
    taken = {node.id for node in walk(function, ast.Name)}
    return next(name for name in ("channel", "each", "one", "open_channel") if name not in taken)


def _are_sessions(hierarchy: Hierarchy) -> bool:
    return not any(True for _ in hierarchy.uses("listen", "create_socket", "connect"))
