"""What a loop has to drive: the listeners and clients that exist when it starts, and how to name them there."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.looping.constructions import LOOPS, Constructions
from asyncore_codemods.analyse.looping.kept_lists import list_of
from asyncore_codemods.analyse.looping.made_elsewhere import made_elsewhere
from asyncore_codemods.analyse.looping.roots import Root
from asyncore_codemods.analyse.values.syntax import suite_of
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project
    from asyncore_codemods.model.programs import LoopSite
    from asyncore_codemods.spans import Span


@dataclass
class Startup:
    """A loop site with what it drives."""

    site: LoopSite
    roots: list[Root] = field(default_factory=list)
    unseen: Reason | None = None  # why there are none

    @property
    def may_be_over(self) -> bool:
        """Whether the loop may have ended before it serves anything: by another thread, or when it is run again."""
        polling = self.site.polling
        return self.site.repeats or (self.site.is_apart and polling is not None and polling.may_be_over)


def read_startup(
    project: Project, module: Module, site: LoopSite, roles: dict[str, str], sites: Sequence[LoopSite]
) -> Startup | Reason:
    """Return what the loop at *site* drives when it starts, if that can be seen.

    *roles* are the classes that count, each with what to call its objects where they have no name yet. *sites* are
    all the loops of the program.
    """
    others = [other.place.span for other in sites if other is not site and other.place.path == site.place.path]
    return _Reader(project, module, site, roles, others).read()


class _Reader:
    def __init__(
        self, project: Project, module: Module, site: LoopSite, roles: dict[str, str], others: list[Span]
    ) -> None:
        self.module = module
        self.site = site
        self.wanted = roles
        self.made = Constructions(project, module, site, roles)
        self.around = self.made.around
        self.call = self.made.loop
        self.body = self.made.body
        self.own_ancestors = self.around.ancestors(self.call)
        self.names = {n.id for n in walk(module.source.tree, ast.Name)}
        self.several: set[str] = set()  # what there is more than one of without a name: servers, say
        self.others = [node for node in walk(self.body, ast.Call) if module.source.span(node) in others]

    def read(self) -> Startup | Reason:
        startup = Startup(self.site)
        made = [call for call in self.made.within(self.body) if call.lineno <= self.call.lineno]
        earlier = [other for other in self.others if other.lineno < self.call.lineno and not self._excludes(other)]
        ended = [other for other in earlier if self._goes_before(other)]
        if ended:  # which has closed all that there was, or this one would not run
            made = [call for call in made if call.lineno > max(other.lineno for other in ended)]
        if any(call.lineno <= other.lineno for other in earlier for call in made):
            return self._fail(self.call, "runs the loop a second time for what an earlier one has served")
        if self.site.polling is not None:  # what is made between its passes has to be started there
            polled = self.site.polling.loop.span
            made = [call for call in made if not polled.contains(self.module.source.span(call))]
        elif self._runs_again(made):
            return self._fail(self.call, "runs the loop again and again")
        groups: dict[object, list[ast.Call]] = {}
        for call in made:
            groups.setdefault(list_of(self.made, call) or id(self._branch_root(call)), []).append(call)
        unnamed = [
            calls
            for calls in groups.values()
            if not any(self.made.target(call, self.around.statement(call)) for call in calls)
        ]
        roles = [self.wanted[self.made.class_of(calls[0])] for calls in unnamed]
        self.several = {role for role in roles if roles.count(role) > 1}
        for calls in groups.values():
            root = self._root(calls, only=len(groups) == 1)
            if isinstance(root, Reason):
                return root
            startup.roots.append(root)
        if not startup.roots:
            startup.roots = made_elsewhere(self.made, self.site)
            if not startup.roots:
                startup.unseen = self._fail(self.call, "runs the loop where what it drives cannot be seen")
        texts = [root.text for root in startup.roots]
        if len(texts) != len(set(texts)):
            return self._fail(self.call, "drives two objects that had the same name in turn")
        return startup

    def _runs_again(self, made: list[ast.Call]) -> bool:
        """Tell whether the loop is run repeatedly for the same objects."""
        if self.site.repeats:
            return False  # by then they are closed
        within = list(walk(self.body))
        around = self.site.around.span if self.site.around is not None else None
        loops = [n for n in self.own_ancestors if isinstance(n, LOOPS) and n in within]
        repeated = next((n for n in loops if self.module.source.span(n) != around), None)
        if repeated is None:
            return False
        return not made or not all(repeated in self.around.ancestors(call) for call in made)

    def _excludes(self, other: ast.Call) -> bool:
        """Tell whether this loop does not run after *other* has: they are in two branches of one `if`."""
        around = self.around.ancestors(other)
        shared = next((node for node in self.own_ancestors if node in around), None)
        if not isinstance(shared, ast.If):
            return False
        return any(self.call in walk(n) for n in shared.body) != any(other in walk(n) for n in shared.body)

    def _goes_before(self, other: ast.Call) -> bool:
        """Tell whether *other* has always run, and has ended by itself, when this loop starts."""
        own = [self.around.statement(self.call), *self.own_ancestors]
        statement = self.around.statement(other)
        block = suite_of(self.around.parents[statement], statement)
        alone = isinstance(statement, ast.Expr) and statement.value is other
        return alone and any(node in block for node in own)

    def _fail(self, node: ast.AST, message: str) -> Reason:
        return Reason(Code.LOOP, f"the program {message}", self.made.place(node))

    def _branch_root(self, call: ast.Call) -> ast.AST:
        """Return the outermost `if` around *call* that the loop is not in, or the call itself."""
        root: ast.AST = call
        for ancestor in self.made.private_ancestors(call):
            if isinstance(ancestor, ast.If):
                root = ancestor
        return root

    def _root(self, calls: list[ast.Call], *, only: bool) -> Root | Reason:
        root = self._found_root(calls, only=only)
        if isinstance(root, Root):
            root.products = self.made.products_of(*calls)
        return root

    def _found_root(self, calls: list[ast.Call], *, only: bool) -> Root | Reason:
        kept_in = list_of(self.made, calls[0])
        statements = [self.around.statement(call) for call in calls]
        for call, statement in zip(calls, statements):
            problem = self.made.problem_of(call, statement, kept_in)
            if problem:
                return self._fail(call, problem)
        classes = frozenset(self.made.class_of(call) for call in calls)
        places = [self.made.made_at(call) for call in calls]
        if kept_in:
            return Root(kept_in, classes, places, each=True)
        loops = [node for node in self.made.private_ancestors(calls[0]) if isinstance(node, LOOPS)]
        branch = self._branch_root(calls[0])
        if loops:
            return self._collected(calls, statements, classes)
        if isinstance(branch, ast.If) and not self._one_in_each_branch(branch, calls):
            return self._fail(calls[0], "makes what the loop drives only under a condition")
        targets = {self.made.target(call, statement) for call, statement in zip(calls, statements)} - {""}
        within = [call for call, statement in zip(calls, statements) if self.made.is_within(call, statement)]
        if len(targets) + bool(within) > 1:
            return self._fail(calls[0], "keeps what the loop drives under different names")
        if not targets and only and len(calls) == 1 and self._is_just_before(statements[0]):
            return Root(
                "", classes, places, inlined=self.made.place(statements[0]), source=self.made.place(calls[0])
            )
        text = targets.pop() if targets else self._free_name(classes)
        root = Root(text, classes, places)
        unnamed = {call: self.made.unnamed(call, statement) for call, statement in zip(calls, statements)}
        root.hoisted = [(self.made.place(call), text) for call in within if unnamed[call] is None]
        root.entered = [(self.made.place(manager), text) for manager in unnamed.values() if manager is not None]
        root.bound = [
            self.made.place(statement)
            for call, statement in zip(calls, statements)
            if isinstance(statement, ast.Expr) and statement.value is call
        ]
        return root

    def _free_name(self, classes: frozenset[str], *, plural: bool = False) -> str:
        kind = self.wanted[min(classes)]
        role = kind + "s" * plural
        numbered = [f"{role}{number}" for number in range(1, 100)]
        candidates = numbered if kind in self.several and not plural else [role, f"all_{role}", *numbered]
        name = next(name for name in candidates if name not in self.names)
        self.names.add(name)
        return name

    def _collected(
        self, calls: list[ast.Call], statements: list[ast.stmt], classes: frozenset[str]
    ) -> Root | Reason:
        """`for url in urls: Client(url)`, to be kept in a list."""
        root = Root(self._free_name(classes, plural=True), classes, [self.made.made_at(call) for call in calls])
        outer = [node for node in self.made.private_ancestors(calls[0]) if isinstance(node, ast.stmt)]
        root.collected = self.made.place(outer[-1])
        made = [self.around.statement(call) for call in self.made.within(self.body)]
        if any(made.count(statement) > 1 for statement in statements):
            return self._fail(calls[0], "makes several of what the loop drives at once, again and again")
        for call, statement in zip(calls, statements):
            target = self.made.target(call, statement)
            if self.made.is_within(call, statement) or (target and not target.isidentifier()):
                target = self._free_name(frozenset({self.made.class_of(call)}))
                root.hoisted.append((self.made.place(call), target))
            root.appended.append((self.made.place(statement), target))
        return root

    def _one_in_each_branch(self, root: ast.If, calls: list[ast.Call]) -> bool:
        def count(body: list[ast.stmt]) -> bool:
            inside = [call for call in calls if any(call in walk(statement) for statement in body)]
            nested = [statement for statement in body if isinstance(statement, ast.If)]
            if len(inside) == 1 and not any(inside[0] in walk(n) for n in nested):
                return True
            return any(count(n.body) and bool(n.orelse) and count(n.orelse) for n in nested)

        return bool(root.orelse) and count(root.body) and count(root.orelse)

    def _is_just_before(self, statement: ast.stmt) -> bool:
        own = self.around.statement(self.call)
        if not self.site.alone or not isinstance(statement, ast.Expr):
            return False
        block = suite_of(self.around.parents[own], own)
        index = block.index(own) if block else 0
        return index > 0 and block[index - 1] is statement and statement.end_lineno == statement.lineno
