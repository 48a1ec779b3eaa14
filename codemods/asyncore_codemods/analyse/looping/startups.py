"""What a loop has to drive: the listeners and clients that exist when it starts, and how to name them there."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

from asyncore_codemods.analyse.families.fixtures import fixtures_for, gives
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.entered import entering
from asyncore_codemods.analyse.looping.makers import Product, product_of
from asyncore_codemods.analyse.looping.repeated import is_made_again
from asyncore_codemods.analyse.values.flow import leaves
from asyncore_codemods.analyse.values.syntax import suite_of
from asyncore_codemods.codes import Code
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project
    from asyncore_codemods.model.programs import LoopSite
    from asyncore_codemods.spans import Span

_Loop = Union[ast.For, ast.While]
_LOOPS = (ast.For, ast.While)
# Expressions that evaluate all their parts, in their order, and those that do nothing when they are evaluated.
_EVALUATES_ALL = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Call, ast.keyword, ast.Attribute, ast.Starred)
_PURE = (ast.Name, ast.Constant)


@dataclass
class Root:
    """One or more objects that the loop drives, and the expression for them at the loop.

    `bound` are statements that must bind their value to the name `text`. `inlined` is a statement that goes,
    because its call moves into the loop's. A `collected` root stands for all the objects that a `for` statement
    makes: it gets a list called `text`. `each` says that there is such a list already. `hoisted` are calls in the
    midst of a statement, `servers["a"] = Server(port)`, which get a name in front of that. What a `with` has
    `entered` gets one there.
    """

    text: str
    classes: frozenset[str]
    calls: list[Place] = field(default_factory=list)
    bound: list[Place] = field(default_factory=list)
    hoisted: list[tuple[Place, str]] = field(default_factory=list)
    entered: list[tuple[Place, str]] = field(default_factory=list)
    inlined: Place | None = None
    each: bool = False
    source: Place | None = None  # of an inlined root: the call that moves
    products: list[Product] = field(default_factory=list)  # what functions make for it
    collected: Place | None = None  # the statement in front of which the list is made
    appended: list[tuple[Place, str]] = field(default_factory=list)  # statements, and the name that they bind


@dataclass
class Startup:
    """A loop site with what it drives."""

    site: LoopSite
    roots: list[Root] = field(default_factory=list)
    unseen: Reason | None = None  # why there are none


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
        self.project = project
        self.module = module
        self.site = site
        self.wanted = roles
        self.around = Surroundings(module)
        self.call = self.around.call_at(site.place.span)
        functions = [n for n in self.around.ancestors(self.call) if isinstance(n, ast.FunctionDef)]
        self.body: ast.AST = functions[0] if functions else module.source.tree
        self.own_ancestors = self.around.ancestors(self.call)
        self.names = {n.id for n in walk(module.source.tree) if isinstance(n, ast.Name)}
        self.several: set[str] = set()  # what there is more than one of: servers, say
        self.products: dict[ast.Call, Product] = {}
        self.others = [
            node for node in walk(self.body) if isinstance(node, ast.Call) and module.source.span(node) in others
        ]

    def read(self) -> Startup | Reason:
        startup = Startup(self.site)
        made = [call for call in self._constructions(self.body) if call.lineno <= self.call.lineno]
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
            groups.setdefault(self._list_of(call) or id(self._branch_root(call)), []).append(call)
        roles = [self.wanted[self._class_of(calls[0])] for calls in groups.values()]
        self.several = {role for role in roles if roles.count(role) > 1}
        for calls in groups.values():
            root = self._root(calls, only=len(groups) == 1)
            if isinstance(root, Reason):
                return root
            startup.roots.append(root)
        if not startup.roots:
            found = self._made_elsewhere()
            if isinstance(found, Reason):
                startup.unseen = found
                return startup
            startup.roots += found if isinstance(found, list) else [found]
        texts = [root.text for root in startup.roots]
        if len(texts) != len(set(texts)):
            return self._fail(self.call, "drives two objects that had the same name in turn")
        return startup

    def _runs_again(self, made: list[ast.Call]) -> bool:
        """Tell whether the loop is run repeatedly for the same objects."""
        within = list(walk(self.body))
        around = self.site.around.span if self.site.around is not None else None
        loops = [n for n in self.own_ancestors if isinstance(n, _LOOPS) and n in within]
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
        return Reason(Code.LOOP, f"the program {message}", self._place(node))

    def _place(self, node: ast.AST) -> Place:
        return Place(str(self.module.path), self.module.source.span(node))

    def _constructions(self, body: ast.AST) -> list[ast.Call]:
        found = []
        for node in walk(body):
            if isinstance(node, ast.Call) and self._class_of(node):
                functions = [
                    n
                    for n in self.around.ancestors(node)
                    if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef))
                ]
                if (functions[0] if functions else self.module.source.tree) is body:
                    found.append(node)
        return sorted(found, key=lambda node: (node.lineno, node.col_offset))

    def _class_of(self, node: ast.Call) -> str:
        entry = self.project.class_named(self.module, node.func)
        if entry is not None:
            return entry.qualname if entry.qualname in self.wanted else ""
        if node not in self.products:
            product = product_of(self.project, self.module, node, self.wanted)
            if product is None:
                return ""
            self.products[node] = product
        return self.products[node].qualname

    def _branch_root(self, call: ast.Call) -> ast.AST:
        """Return the outermost `if` around *call* that the loop is not in, or the call itself."""
        root: ast.AST = call
        for ancestor in self._private_ancestors(call):
            if isinstance(ancestor, ast.If):
                root = ancestor
        return root

    def _private_ancestors(self, call: ast.Call) -> list[ast.AST]:
        """Return what stands around *call* but not around the loop, innermost first."""
        ancestors = self.around.ancestors(call)
        return ancestors[: next(i for i, node in enumerate(ancestors) if node in self.own_ancestors)]

    def _root(self, calls: list[ast.Call], *, only: bool) -> Root | Reason:
        root = self._found_root(calls, only=only)
        if isinstance(root, Root):
            root.products = [self.products[call] for call in calls if call in self.products]
        return root

    def _found_root(self, calls: list[ast.Call], *, only: bool) -> Root | Reason:
        kept_in = self._list_of(calls[0])
        statements = [self.around.statement(call) for call in calls]
        for call, statement in zip(calls, statements):
            problem = self._problem_of(call, statement)
            if problem:
                return self._fail(call, problem)
        if kept_in:
            classes = frozenset(self._class_of(call) for call in calls)
            return Root(kept_in, classes, [self._made_at(call) for call in calls], each=True)
        loops = [node for node in self._private_ancestors(calls[0]) if isinstance(node, _LOOPS)]
        branch = self._branch_root(calls[0])
        classes = frozenset(self._class_of(call) for call in calls)
        if loops:
            return self._collected(calls, statements, loops[-1], classes)
        if isinstance(branch, ast.If) and not self._one_in_each_branch(branch, calls):
            return self._fail(calls[0], "makes what the loop drives only under a condition")
        targets = {self._target(call, statement) for call, statement in zip(calls, statements)} - {""}
        within = [call for call, statement in zip(calls, statements) if self._is_within(call, statement)]
        if len(targets) + bool(within) > 1:
            return self._fail(calls[0], "keeps what the loop drives under different names")
        places = [self._made_at(call) for call in calls]
        if not targets and only and len(calls) == 1 and self._is_just_before(statements[0]):
            return Root("", classes, places, inlined=self._place(statements[0]), source=self._place(calls[0]))
        text = targets.pop() if targets else self._free_name(classes)
        root = Root(text, classes, places)
        unnamed = {call: self._unnamed(call, statement) for call, statement in zip(calls, statements)}
        root.hoisted = [(self._place(call), text) for call in within if unnamed[call] is None]
        root.entered = [(self._place(manager), text) for manager in unnamed.values() if manager is not None]
        root.bound = [
            self._place(statement)
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
        self, calls: list[ast.Call], statements: list[ast.stmt], loop: ast.AST, classes: frozenset[str]
    ) -> Root | Reason:
        """`for url in urls: Client(url)`, to be kept in a list."""
        root = Root(self._free_name(classes, plural=True), classes, [self._made_at(call) for call in calls])
        outer = [node for node in self._private_ancestors(calls[0]) if isinstance(node, ast.stmt)]
        root.collected = self._place(outer[-1])
        made = [self.around.statement(call) for call in self._constructions(self.body)]
        if any(made.count(statement) > 1 for statement in statements):
            return self._fail(calls[0], "makes several of what the loop drives at once, again and again")
        for call, statement in zip(calls, statements):
            target = self._target(call, statement)
            if self._is_within(call, statement) or (target and not target.isidentifier()):
                target = self._free_name(frozenset({self._class_of(call)}))
                root.hoisted.append((self._place(call), target))
            root.appended.append((self._place(statement), target))
        del loop
        return root

    def _problem_of(self, call: ast.Call, statement: ast.stmt) -> str:
        around = self._private_ancestors(call)
        is_listed = bool(self._list_of(call)) or any(isinstance(node, _LOOPS) for node in around)
        for ancestor in around:
            if isinstance(ancestor, ast.Try) and not _all_leave(ancestor) and not is_listed:
                return "makes what the loop drives in a try statement that may go on without it"
            if isinstance(ancestor, ast.With):
                return "makes what the loop drives in a with statement"
        named = self._comes_first(call, statement) or (not is_listed and self._unnamed(call, statement) is not None)
        if not self._list_of(call) and self._is_within(call, statement) and not named:
            return "uses a new listener or client in an expression"
        return ""

    def _is_within(self, call: ast.Call, statement: ast.stmt) -> bool:
        """Tell whether *call* stands in the midst of a statement."""
        is_alone = isinstance(statement, ast.Expr) and statement.value is call
        return not is_alone and not self._target(call, statement)

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
            for node in walk(statement.value)
            if isinstance(node, (ast.expr, ast.comprehension))
            and (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)) < own
            and not self._is_in_made(node)
        )

    def _is_in_made(self, node: ast.AST) -> bool:
        """Tell whether *node* belongs to another call that the loop drives the object of: it goes in front, too."""
        within = [node, *self.around.ancestors(node)]
        return any(isinstance(one, ast.Call) and bool(self._class_of(one)) for one in within)

    def _target(self, call: ast.Call, statement: ast.stmt) -> str:
        if isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) or dotted_name(target):
                return self.module.source.segment(target)
        item = entering(self.project, self.module, call, statement)
        return item.optional_vars.id if item is not None and isinstance(item.optional_vars, ast.Name) else ""

    def _unnamed(self, call: ast.Call, statement: ast.stmt) -> ast.expr | None:
        """Return what a `with` enters that is, or closes, what *call* makes, if it gives that no name."""
        item = entering(self.project, self.module, call, statement)
        return item.context_expr if item is not None and item.optional_vars is None else None

    def _made_at(self, call: ast.Call) -> Place:
        return self.products[call].made if call in self.products else self._place(call)

    def _list_of(self, call: ast.Call) -> str:
        """Return the name of a list that keeps what *call* makes: `[Server(p) for p in ports]`, `l.append(...)`."""
        parents = self.around.parents
        holder = parents[call]
        statement = parents[holder]
        name = ""
        if isinstance(holder, (ast.List, ast.ListComp)) and isinstance(statement, ast.Assign):
            target = statement.targets[0]
            name = target.id if isinstance(target, ast.Name) and len(statement.targets) == 1 else ""
        elif (
            isinstance(holder, ast.Call)
            and isinstance(holder.func, ast.Attribute)
            and isinstance(statement, ast.Expr)
        ):
            kept = holder.func.value
            name = kept.id if holder.func.attr == "append" and isinstance(kept, ast.Name) else ""
        return name if name and self._holds_nothing_else(name) else ""

    def _holds_nothing_else(self, name: str) -> bool:
        """Tell whether the list *name* starts empty or with what the loop drives, and gets nothing else."""
        starts = 0
        for node in walk(self.body):
            if not isinstance(node, ast.Name) or node.id != name:
                continue
            parent = self.around.parents[node]
            if isinstance(node.ctx, ast.Store):
                starts += 1
                value = parent.value if isinstance(parent, ast.Assign) else None
                elements = [value.elt] if isinstance(value, ast.ListComp) else getattr(value, "elts", None)
                if not isinstance(value, (ast.List, ast.ListComp)) or not all(map(self._is_made, elements or [])):
                    return False
            elif isinstance(parent, ast.Attribute):
                call = self.around.parents[parent]
                given = call.args if isinstance(call, ast.Call) and parent.attr == "append" else []
                if len(given) != 1 or not self._is_made(given[0]):
                    return False
            elif node.lineno <= self.call.lineno and not self._only_looks(node):
                return False
        return starts == 1

    def _only_looks(self, node: ast.Name) -> bool:
        """Tell whether a list is only looked at: iterated over, measured, tested."""
        parent = self.around.parents[node]
        if isinstance(parent, (ast.For, ast.comprehension)):
            return parent.iter is node
        if isinstance(parent, ast.Call):
            return isinstance(parent.func, ast.Name) and parent.func.id in ("len", "enumerate", "sorted", "bool")
        if isinstance(parent, ast.Subscript):
            return isinstance(parent.ctx, ast.Load)
        is_test = isinstance(parent, (ast.If, ast.While)) and parent.test is node
        return is_test or (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not))

    def _is_made(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and bool(self._class_of(node))

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

    def _kept_root(self, call: ast.Call, text: str) -> Root:
        products = [self.products[call]] if call in self.products else []
        return Root(text, frozenset({self._class_of(call)}), [self._made_at(call)], products=products)

    def _may_miss(self, call: ast.Call) -> bool:
        """Tell whether *call*, one of several, may not be made at all."""
        return any(
            isinstance(node, ast.If) or (isinstance(node, ast.Try) and not _all_leave(node))
            for node in self._private_ancestors(call)
        )

    def _made_elsewhere(self) -> Root | list[Root] | Reason:
        """The loop is run by a method of the listener, of the object that keeps it, or beside a global."""
        if self.site.owner in self.wanted:
            return Root(self.site.self_name, frozenset({self.site.owner}))
        holder = self.around.parents.get(self.body)
        if isinstance(holder, ast.ClassDef) and self.site.self_name:
            kept = [
                (call, self._target(call, self.around.statement(call)))
                for function in holder.body
                if isinstance(function, ast.FunctionDef) and function is not self.body
                for call in self._constructions(function)
            ]
            entry = self.project.entries.get(id(holder))
            again = entry is not None and is_made_again(self.project, self.project.modules.values(), entry)
            texts = [text for _, text in kept]
            are_known = all(text.startswith("self.") for text in texts) and len(set(texts)) == len(texts)
            homes = {self.around.scope(call) for call, _ in kept}
            are_single = len(homes) == 1 and not any(
                self._repeated(call) or self._may_miss(call) for call, _ in kept
            )
            if kept and are_known and are_single and not again and self.site.self_name == "self":
                return [self._kept_root(call, text) for call, text in kept]
        given = self._given_to_function() or self._given_to_fixture()
        if given is not None:
            return given
        if isinstance(self.body, ast.FunctionDef):
            made = self._constructions(self.module.source.tree)
            if len(made) == 1:
                statement = self.around.statement(made[0])
                text = self._target(made[0], statement)
                plain = not self._repeated(made[0])
                if text.isidentifier() and plain and not self._problem_of(made[0], statement):
                    products = [self.products[made[0]]] if made[0] in self.products else []
                    classes = frozenset({self._class_of(made[0])})
                    return Root(text, classes, [self._made_at(made[0])], products=products)
        return self._fail(self.call, "runs the loop where what it drives cannot be seen")

    def _repeated(self, call: ast.Call) -> bool:
        """Tell whether *call*, in another function than the loop, makes one object after the other."""
        return any(isinstance(node, _LOOPS) for node in self._private_ancestors(call))

    def _given_to_fixture(self) -> Root | None:
        """The loop is run by a fixture, for what another fixture makes."""
        function = self.body
        found = fixtures_for(self.project, self.module, function) if isinstance(function, ast.FunctionDef) else ()
        for fixture in found:
            made = self._constructions(fixture)
            if len(made) == 1 and made[0] not in self.products:
                statement = self.around.statement(made[0])
                if gives(fixture, self._target(made[0], statement)) and not self._problem_of(made[0], statement):
                    return Root(fixture.name, frozenset({self._class_of(made[0])}), [self._made_at(made[0])])
        return None

    def _call_of(self, named: ast.Name) -> ast.Call | None:
        """Return the call of a function where that is *named*: `serve(server)`, or Thread(target=serve, ...)."""
        parent = self.around.parents[named]
        if isinstance(parent, ast.keyword) and parent.arg == "target":
            call = self.around.parents[parent]
            is_thread = isinstance(call, ast.Call) and (
                self.project.resolve_node(self.module, call.func) == "threading.Thread"
            )
            return call if is_thread and isinstance(call, ast.Call) else None
        return parent if isinstance(parent, ast.Call) and parent.func is named else None

    def _given_to_function(self) -> Root | None:
        """`def serve(server): asyncore.loop()`, called in one place with what has been made there."""
        function, tree = self.body, self.module.source.tree
        if not isinstance(function, ast.FunctionDef) or function not in tree.body or function.decorator_list:
            return None
        named = [n for n in walk(tree) if isinstance(n, ast.Name) and n.id == function.name]
        call = self._call_of(named[0]) if len(named) == 1 else None
        if call is None:
            return None
        scope = next((n for n in self.around.ancestors(call) if isinstance(n, ast.FunctionDef)), tree)
        made = self._constructions(scope)
        if (
            len(made) != 1
            or made[0].lineno >= call.lineno
            or self._repeated(made[0])
            or self._problem_of(made[0], self.around.statement(made[0]))
        ):
            return None
        text = self._target(made[0], self.around.statement(made[0]))
        parameters = [arg.arg for arg in function.args.args]
        keywords = {k.arg: k.value for k in call.keywords if k.arg}
        args: Sequence[ast.expr] = call.args
        if call.func is not named[0]:  # by a thread
            passed = keywords.pop("args", None)
            args, keywords = (passed.elts if isinstance(passed, (ast.Tuple, ast.List)) else ()), {}
        given = {**dict(zip(parameters, args)), **keywords}
        names = [name for name, value in given.items() if isinstance(value, ast.Name) and value.id == text]
        stored = [n for n in walk(function) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)]
        if len(names) != 1 or any(n.id == names[0] for n in stored):
            return None
        products = [self.products[made[0]]] if made[0] in self.products else []
        return Root(names[0], frozenset({self._class_of(made[0])}), [self._made_at(made[0])], products=products)


def _all_leave(node: ast.Try) -> bool:
    """Tell whether every handler of a `try` ends the program or the function."""
    return all(leaves(handler.body[-1]) for handler in node.handlers)
