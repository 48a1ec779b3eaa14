"""How far a thread or a signal handler reaches: which classes of a program it may have to do with.

Names are followed, wherever they lead: a call of `work()` or `x.work()` may come to every function of the program
that is called `work`. Where a way cannot be followed (a call of what a variable holds) it may lead anywhere.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.syntax import declared_global, last_name, parent_map
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import DEFINITIONS, FUNCTIONS, once, walk
from asyncore_codemods.plan.stand_ins import is_exit
from asyncore_codemods.plan.threads.code_uses import CodeUses
from asyncore_codemods.plan.threads.threads import HARMLESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.spans import Place

    Region = tuple[Module, ast.AST]


_STARTERS = ("threading.Thread", "threading.Timer", "_thread.start_new_thread", "thread.start_new_thread")
_TARGETS = ("target", "function")  # what a thread, or a timer, calls; by position it is the second, or
_FIRST = ("start_new_thread", "submit", "map", "add_done_callback")  # the first
_SUBMITTING = ("map", "submit", "add_done_callback", "run_in_executor")  # map(): of pools, and of much else
_CALLING = frozenset({"map", "filter", "sorted", "min", "max", "reduce"})  # what they are given
_BLIND = frozenset({"eval", "exec", "getattr", "setattr", "globals", "locals", "vars", "__import__", "delattr"})
# what a name of a module may hold without being a way from one part of a program to another
_INERT = frozenset(
    {"logging.getLogger", "re.compile", "threading.Lock", "threading.RLock", "struct.Struct"}
    | {"queue.Queue", "queue.SimpleQueue", "queue.LifoQueue", "queue.PriorityQueue"}  # made to hand things over
)


def started_by(project: Project, module: Module, modules: Sequence[Module]) -> list[Region] | None:
    """Return the code that says what the threads of *module* run, None if that cannot be told.

    A pool may be handed work in all of *modules*, and a class of threads may be derived from there.
    """
    starts: list[Region] = []
    parents = parent_map(module.source.tree)
    for node in walk(module.source.tree, (ast.Name, ast.Attribute)):
        if (dotted_name(node) or "").partition(".")[0] not in module.bindings:
            continue  # a variable, which may well be called `thread`
        means = project.resolve_node(module, node) or ""
        parent = parents[node]
        if "ProcessPool" in means:
            return None
        if means in _STARTERS and isinstance(parent, ast.Call) and parent.func is node:
            starts += [(module, given) for given in (*parent.args, *(k.value for k in parent.keywords))]
        elif means in _STARTERS and isinstance(parent, ast.ClassDef):
            starts += _run_by(project, module, parent)
        elif not _is_plain(means, parent):
            return None
    pools = [other for other in modules if module is other or _has_pools(module)]
    return starts + [start for other in pools for start in _submitted(other, _SUBMITTING[module is not other :])]


def threads_reach(reach: Reach, places: Sequence[Place]) -> bool:
    """Tell whether the threads that the program starts may run anything at *places*."""
    starts: list[Region] = []
    for module in reach.modules:
        started = started_by(reach.project, module, reach.modules)
        if started is None:
            return True
        starts += started
    reached = reach.of(starts)
    return reached.is_open or any(
        str(module.path) == place.path and module.source.span(region).contains(place.span)
        for module, region in reached.regions
        for place in places
    )


def _run_by(project: Project, module: Module, statement: ast.ClassDef) -> list[Region]:
    """Return what threads of a class, or of one that derives from it, run."""
    entry = project.entries.get(id(statement))
    classes = [(one.module, one.node) for one in (entry, *entry.descendants())] if entry is not None else []
    return [
        (owner, one)
        for owner, node in classes or [(module, statement)]
        for one in node.body
        if getattr(one, "name", "") != "__init__"
    ]


def _has_pools(module: Module) -> bool:
    return any(imported.target.startswith("concurrent") for imported in module.imports)


def _submitted(module: Module, methods: Sequence[str]) -> list[Region]:
    return [
        (module, given)
        for node in walk(module.source.tree, ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr in methods
        for given in node.args
    ]


def handlers_of(module: Module, call: ast.Call) -> list[Region] | None:
    """Return what `signal.signal()` is given to run, None if that is nothing that returns as if it had not been."""
    if len(call.args) != 2 or call.keywords:
        return None
    handler = call.args[1]
    name = last_name(handler)
    every = walk(module.source.tree)
    functions: list[ast.AST] = [n for n in every if isinstance(n, FUNCTIONS) and n.name == name]
    if isinstance(handler, ast.Lambda):
        functions = [handler]
    leaves = any(isinstance(n, ast.Raise) or is_exit(n) for function in functions for n in walk(function))
    return None if leaves or not functions else [(module, handler)]


def _is_plain(means: str, parent: ast.AST) -> bool:
    """Tell whether something of a module for threads starts none."""
    head, _, name = means.partition(".")
    if head not in ("threading", "_thread", "thread"):
        return True
    if not name or means in _STARTERS:
        return isinstance(parent, ast.Attribute)
    return name.partition(".")[0] in HARMLESS or means.startswith(_STARTERS)


@dataclass
class Reached:
    """The code that may run from somewhere, and whether more than that may."""

    regions: list[Region] = field(default_factory=list)
    is_open: bool = False
    has_loop: bool = False  # it runs the loop, or asks for what it drives
    leaves: bool = False  # it may raise, or end the program


@dataclass
class _Mention:
    """Where a piece of code names what may be functions or classes of the program's."""

    node: ast.Name | ast.Attribute
    may_be: list[Region]
    is_settled: bool = False  # which of these it can be


@dataclass
class _Code:
    """What a piece of code does by itself, and what it names."""

    is_open: bool = False
    has_loop: bool = False
    leaves: bool = False
    mentions: list[_Mention] = field(default_factory=list)


class Reach:
    """Follows what the functions of some modules call."""

    def __init__(self, project: Project, modules: Sequence[Module]) -> None:
        self.project = project
        self.modules = modules
        self._read: dict[int, _Code] = {}
        self._uses: dict[int, CodeUses] = {}

    @cached_property
    def _defined(self) -> _Defined:
        return _Defined(self.project, self.modules)

    def of(self, starts: Iterable[Region]) -> Reached:
        """Return what may run when the code of *starts* does."""
        reached = Reached()
        queue = [*starts, *self._defined.always]
        seen: set[int] = set()
        while queue:
            module, region = queue.pop()
            if id(region) in seen:
                continue
            seen.add(id(region))
            reached.regions.append((module, region))
            code = self._code(module, region)
            reached.is_open |= code.is_open
            reached.has_loop |= code.has_loop
            reached.leaves |= code.leaves
            for mention in code.mentions:
                if any(id(one) not in seen for _, one in mention.may_be):
                    self._settle(mention, self.uses(module, region))
                    queue += mention.may_be
        return reached

    def uses(self, module: Module, region: ast.AST) -> CodeUses:
        """Return what the code of *region* uses."""
        if id(region) not in self._uses:
            self._uses[id(region)] = CodeUses(self.project, module, region)
        return self._uses[id(region)]

    def _code(self, module: Module, region: ast.AST) -> _Code:
        if id(region) not in self._read:
            self._read[id(region)] = self._read_code(module, region)
        return self._read[id(region)]

    def _read_code(self, module: Module, region: ast.AST) -> _Code:
        code = _Code()
        variables = _variables(region)
        if isinstance(region, ast.expr) and self._is_called(module, region):
            home = self.uses(module, region).receivers.function
            code.is_open = not self._is_known(module, region, _variables(home) if home else set())
        for node in walk(region):
            code.leaves = code.leaves or isinstance(node, ast.Raise) or is_exit(node)
            if isinstance(node, ast.Call):
                called = [node.func, *(_functions_given(node) if last_name(node.func) in _CALLING else ())]
                code.is_open |= not all(self._is_known(module, func, variables) for func in called)
            if isinstance(node, (ast.Name, ast.Attribute)):
                code.has_loop = code.has_loop or legacy.is_legacy(self.project.resolve_node(module, node) or "")
                may_be = list(self._defined.run_by(last_name(node)))
                code.mentions += [_Mention(node, may_be)] if may_be else []
        return code

    def _settle(self, mention: _Mention, uses: CodeUses) -> None:
        """Find out whose method it is that is named, if it is one."""
        node, module = mention.node, uses.module
        if mention.is_settled or isinstance(node, ast.Name):
            return
        mention.is_settled = True
        means = self.project.resolve_node(module, node) or ""
        home = self.project.find_module(means.rpartition(".")[0], module)
        if home is not None:
            mention.may_be = [(owner, one) for owner, one in mention.may_be if owner is home]
            return
        classes = uses.receivers.of(node)
        if classes is not None:
            owners, related = self._defined.owners, self._ancestry(classes)
            mention.may_be = [(owner, one) for owner, one in mention.may_be if owners.get(id(one)) in related]

    def _ancestry(self, names: Iterable[str]) -> set[str]:
        entries = [self.project.classes[name] for name in names if name in self.project.classes]
        return {one.qualname for entry in entries for one in entry.lineage()}

    def _is_called(self, module: Module, given: ast.expr) -> bool:
        """Tell whether *given*, with which a thread is started, is what that calls."""
        parent = parent_map(module.source.tree).get(given)
        if isinstance(parent, ast.keyword):
            return parent.arg is None or parent.arg in _TARGETS
        if not isinstance(parent, ast.Call):
            return False
        place = 0 if last_name(parent.func) in _FIRST else 1
        return given in parent.args[: place + 1][place:] or isinstance(given, ast.Starred)

    def _is_known(self, module: Module, func: ast.expr, variables: set[str]) -> bool:
        """Tell whether it can be seen what a call of *func* runs."""
        if isinstance(func, ast.Attribute):
            return func.attr not in self._defined.kept
        if not isinstance(func, ast.Name) or func.id in _BLIND or func.id in variables:
            return isinstance(func, ast.Lambda)
        if func.id not in module.bindings:
            return func.id in self._defined.named or hasattr(builtins, func.id)
        owner, _, name = self.project.resolve(module, func.id).rpartition(".")
        home = module if owner == module.name else self.project.find_module(owner, module)
        if home is None:
            return not module.bindings[func.id].startswith("=")  # of another project
        return name in home.functions or name in home.classes


class _Defined:
    """The functions and classes of some modules."""

    def __init__(self, project: Project, modules: Sequence[Module]) -> None:
        self.named: dict[str, list[Region]] = {}  # functions and classes
        self.owners: dict[int, str] = {}  # the class of each method
        self.always: list[Region] = []  # special methods, which no call names
        self.kept: set[str] = set()  # attributes that are given values
        for module in modules:
            for node in walk(module.source.tree):
                if isinstance(node, DEFINITIONS):
                    self.named.setdefault(node.name, []).append((module, node))
                elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                    self.kept.add(node.attr)
            for one in module.all_classes:
                entry = project.entries.get(id(one))
                self.owners.update((id(node), entry.qualname) for node in one.body if entry is not None)
                if entry is None or not entry.root:
                    self.always += [(module, node) for node in one.body if _is_special(node)]

    def run_by(self, name: str) -> Iterator[Region]:
        """Yield what runs where *name* is called, or handed on to be called: of a class its constructor."""
        for owner, one in self.named.get(name, ()):
            if isinstance(one, ast.ClassDef):
                started = ("__init__", "__new__", "run")
                yield from ((owner, inner) for inner in one.body if getattr(inner, "name", "") in started)
            else:
                yield owner, one


class Touched:
    """Tells which of some hierarchies a piece of running code may have to do with."""

    def __init__(self, reach: Reach) -> None:
        self.project = reach.project
        self.reach = reach
        self.seen: dict[str, set[str]] = {}  # the variables that hierarchies know, by their topmost classes
        self.variables: dict[int, set[str]] = {}  # and those that stand in each piece of code

    def touches(self, reached: Reached, hierarchy: Hierarchy) -> bool:
        """Tell whether the code in *reached* may have to do with objects of *hierarchy*, or with what they see."""
        if reached.is_open or reached.has_loop:
            return True
        names = _names_of(hierarchy)
        own = {id(n) for member in hierarchy.members for n in walk(member.node, FUNCTIONS)}
        top = hierarchy.top.qualname
        if top not in self.seen:
            self.seen[top] = self._shared(self.reach.of([(m.module, m.node) for m in hierarchy.members]).regions)
        return any(
            id(region) in own or self._uses(module, region, hierarchy, names) for module, region in reached.regions
        ) or bool(self.seen[top] & self._shared(reached.regions))

    def _shared(self, regions: Iterable[Region]) -> set[str]:
        """Return the variables of modules that *regions* name, but for those that never change."""
        found: set[str] = set()
        for module, region in regions:
            if id(region) not in self.variables:
                self.variables[id(region)] = set(self._variables_in(module, region))
            found |= self.variables[id(region)]
        return found

    def _variables_in(self, module: Module, region: ast.AST) -> Iterator[str]:
        for node in walk(region, (ast.Name, ast.Attribute)):
            means = self.project.resolve_node(module, node)
            owner, _, name = (means or "").rpartition(".")
            home = module if owner in ("", module.name) else self.project.find_module(owner, module)
            if home is not None and name in home.assigned and not self._is_inert(home, name):
                yield f"{home.name}.{name}"

    def _is_inert(self, module: Module, name: str) -> bool:
        return name not in once(declared_global, module.source.tree) and all(
            isinstance(value, ast.Constant)
            or (isinstance(value, ast.Call) and self.project.resolve_node(module, value.func) in _INERT)
            for value in module.assigned[name]
        )

    def _uses(self, module: Module, region: ast.AST, hierarchy: Hierarchy, names: set[str]) -> bool:
        uses = self.reach.uses(module, region)
        return uses.has_to_do_with(hierarchy.names, names) or not uses.variables.isdisjoint(hierarchy.names)


def _is_special(node: ast.AST) -> bool:
    name = getattr(node, "name", "")
    return isinstance(node, FUNCTIONS) and name.startswith("__") and name not in ("__init__", "__new__")


def _functions_given(call: ast.Call) -> list[ast.expr]:
    """Return what sorted(), map() and the like may call."""
    keys = [keyword.value for keyword in call.keywords if keyword.arg == "key"]
    return [*keys, *(call.args[:1] if last_name(call.func) in ("map", "filter", "reduce") else ())]


def _variables(region: ast.AST) -> set[str]:
    """Return the names that hold whatever they are given in *region*."""
    stored = {n.id for n in walk(region, ast.Name) if isinstance(n.ctx, ast.Store)}
    return stored | {node.arg for node in walk(region, ast.arg)}


def _names_of(hierarchy: Hierarchy) -> set[str]:
    """Return the names of everything that objects of *hierarchy* have."""
    names = set(legacy.inherited_names(hierarchy.root)) | set(hierarchy.methods)
    for member in hierarchy.members:
        facts = hierarchy.facts[member.qualname]
        names |= {write.name for write in facts.writes} | {attribute.name for attribute in facts.attributes}
    return names - {"__init__"}
