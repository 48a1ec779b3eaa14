"""How a mail server is constructed: the calls of SMTPServer.__init__(), and those that lead there.

Constructors may hand on what they are given, `*args` and `**kwargs`, behind parameters of their own.
"""

from __future__ import annotations

import ast
import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.hierarchies import base_calls
from asyncore_codemods.analyse.values.syntax import argument, arguments, defaults_of, parent_map, significant
from asyncore_codemods.analyse.values.versions import version_test
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import Mention
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.index import Module
    from asyncore_codemods.index.modules import FunctionNode
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Argument, Use

POSITIONS = ("localaddr", "remoteaddr", "data_size_limit", "map", "enable_SMTPUTF8", "decode_data")


@dataclass
class Setup:
    """One call of SMTPServer.__init__(), with its arguments by name."""

    place: Place  # the statement; of a site, the call
    given: dict[str, Argument]
    function: ast.FunctionDef | None = None
    forwards: bool = False  # hands on *args and **kwargs, whatever they are
    has_rest: bool = False  # takes *args and **kwargs, for which nobody may have a use
    fixed: dict[str, Argument] = field(default_factory=dict)  # what `kwargs["decode_data"] = True` adds
    defaults: dict[str, Argument] = field(default_factory=dict)  # what `kwargs.setdefault(...)` adds
    removed: list[Place] = field(default_factory=list)  # these statements
    unwrapped: list[Place] = field(default_factory=list)  # tests of the version of Python, which are settled
    name: str = ""  # of a site: the called expression
    own: list[str] = field(default_factory=list)  # of a site: the arguments for the constructor's own parameters


def read_setups(hierarchy: Hierarchy) -> list[Setup] | Reason:
    """Return every call of the removed class's constructor in *hierarchy*, or why one is not understood."""
    setups: list[Setup] = []
    known = {(entry.qualname, use.method) for entry, use in hierarchy.uses("__init__")}
    for definition in hierarchy.constructors:
        if (definition.entry.qualname, "__init__") not in known:
            place = definition.place(definition.function)
            setup = _read_selfless(hierarchy, definition)
            if setup is not None:
                setups.append(setup)
                continue
            message = "has a constructor that does not call the server's in a way that is known"
            return Reason(Code.SMTPD, message, place)
    for entry, use in base_calls(hierarchy, "__init__"):
        if use.through == "threading.Thread":  # the constructor of its other base class
            continue
        place = hierarchy.place(entry, use)
        if not use.alone or use.deferred or use.method != "__init__":
            return Reason(Code.SMTPD, "uses what __init__() returns, or calls it somewhere else", place)
        definition = next(d for d in hierarchy.constructors if d.entry is entry)
        branch = _version_branch(hierarchy, definition, use)
        if branch is not None and not branch.is_live:
            continue
        setup = _read_setup(hierarchy, definition, use, Place(place.path, use.statement))
        if setup is None:
            return Reason(Code.SMTPD, "calls the server's __init__() with arguments that cannot be told", place)
        if branch is not None:
            setup.unwrapped.append(definition.place(branch.test))
            setup.removed += [definition.place(statement) for statement in branch.dead]
        setups.append(setup)
    return setups


def _read_selfless(hierarchy: Hierarchy, definition: Definition) -> Setup | None:
    """`def __init__(*args, **kwargs)` has its object in args, which it hands on and has no other use for."""
    function = definition.function
    names = _star_names(function)
    calls = [s for s in function.body if _hands_on(hierarchy, definition, s)]
    if not isinstance(function, ast.FunctionDef) or _named_parameters(function) or len(calls) != 1:
        return None
    within = set(walk(calls[0]))
    others = {node.id for node in walk(function, ast.Name) if node not in within}
    if others & {*names, "locals", "vars", "super"}:
        return None
    return Setup(definition.place(calls[0]), {}, function, forwards=True)


def _hands_on(hierarchy: Hierarchy, definition: Definition, statement: ast.stmt) -> bool:
    """Tell whether a statement calls the removed class's constructor with all that this one is given."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return False
    target = hierarchy.project.resolve_node(definition.module, call.func) or ""
    given = [one.text for one in arguments(definition.module, call) if one.starred]
    is_all = given == _star_names(definition.function) and len(given) == len(call.args) + len(call.keywords)
    return is_all and target.removesuffix(".__init__") in legacy.CLASSES


def _named_parameters(function: FunctionNode) -> bool:
    return bool(function.args.args or function.args.posonlyargs or function.args.kwonlyargs)


def _star_names(function: FunctionNode) -> list[str]:
    return [arg.arg for arg in (function.args.vararg, function.args.kwarg) if arg is not None]


def _read_setup(hierarchy: Hierarchy, definition: Definition, use: Use, place: Place) -> Setup | None:
    """Return the facts of one call, None if its arguments cannot be told."""
    function = definition.function
    if not isinstance(function, ast.FunctionDef):
        return None
    setup = Setup(place, {}, function)
    plain = [given for given in use.arguments if not given.starred]
    if len(plain) < len(use.arguments):
        setup.has_rest, setup.forwards = bool(plain), not plain
        if not _reads_rest(hierarchy, definition, use, setup):
            return None
        if setup.forwards:  # localaddr goes behind its own parameters, which must not have defaults then
            return None if function.args.defaults else setup
    setup.given = bind_arguments(plain) or {}
    setup.given = {**setup.defaults, **setup.fixed, **setup.given}
    return setup if "localaddr" in setup.given else None


def _reads_rest(hierarchy: Hierarchy, definition: Definition, use: Use, setup: Setup) -> bool:
    """Tell whether a constructor hands on its *args and **kwargs, all of them, with nothing but fixed additions."""
    args = definition.function.args
    names = sorted(arg.arg for arg in (args.vararg, args.kwarg) if arg is not None)
    handed_on = sorted(given.text for given in use.arguments if given.starred)
    for statement in definition.function.body:
        inner = _when_new(hierarchy, definition, statement)
        found = _fixed_value(inner, args.kwarg.arg if args.kwarg else "")
        if found is not None and definition.module.source.span(statement) < use.statement:
            name, value, is_default = found
            (setup.defaults if is_default else setup.fixed)[name] = argument(definition.module, value, name)
            setup.removed.append(definition.place(statement))
    read = [node.id for node in walk(definition.function, ast.Name) if node.id in names]
    return names == handed_on and len(read) == len(names) + len(setup.removed)


def _when_new(hierarchy: Hierarchy, definition: Definition, statement: ast.stmt) -> ast.stmt:
    """Return the one statement under `if sys.version_info >= (3, 5):`, or *statement* itself."""
    if not isinstance(statement, ast.If) or len(statement.body) != 1 or statement.orelse:
        return statement
    return statement.body[0] if version_test(hierarchy.project, definition.module, statement.test) else statement


def _fixed_value(statement: ast.stmt, mapping: str) -> tuple[str, ast.expr, bool] | None:
    """Return NAME and the value for `kwargs["NAME"] = constant` or kwargs.setdefault(), and whether it is that."""
    key: ast.expr | None = None
    value: ast.expr | None = None
    is_default = isinstance(statement, ast.Expr)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id == mapping:
            key, value = target.slice, statement.value
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if ast.unparse(call.func) == f"{mapping}.setdefault" and len(call.args) == 2 and not call.keywords:
            key, value = call.args
    if not isinstance(key, ast.Constant) or not isinstance(value, ast.Constant) or key.value not in POSITIONS:
        return None
    return str(key.value), value, is_default


@dataclass
class _Branch:
    """Where the version of Python decides how the constructor is called."""

    test: ast.If
    dead: list[ast.stmt]  # what stands in its body if that is for versions that are gone
    is_live: bool


def _version_branch(hierarchy: Hierarchy, definition: Definition, use: Use) -> _Branch | None:
    """Return the test of a version that a call of the constructor is one of two outcomes of, if it is."""
    source, parents = definition.module.source, parent_map(definition.function)
    statement = next(node for node in walk(definition.function, ast.stmt) if source.span(node) == use.statement)
    around = parents.get(statement)
    if not isinstance(around, ast.If) or len(around.body) != 1 or len(around.orelse) > 1:
        return None
    outcome = version_test(hierarchy.project, definition.module, around.test)
    if outcome is None:
        return None
    live = around.body if outcome else around.orelse
    return _Branch(around, [] if outcome else around.body, statement in live)


def read_sites(
    hierarchy: Hierarchy, references: References, wanted: Iterable[ClassEntry], setups: Sequence[Setup]
) -> list[Setup] | Reason:
    """Return where instances of the *wanted* members are made, and what *setups* hand on."""
    sites = []
    own = next((_parameters_of(setup) for setup in setups if setup.forwards), ((), ()))
    for entry in wanted:
        for module, call, place in _constructions(hierarchy, references, entry):
            given = arguments(module, call)
            mine = _own_arguments(given, own)
            rest = [one for one in given if one not in mine]
            is_complete = len([one for one in mine if one.keyword not in own[1]]) == len(own[0])
            bound = bind_arguments(rest) if is_complete else None
            if bound is None:
                return Reason(Code.SMTPD, "is made with arguments that cannot be told", place)
            for setup in setups:
                bound = {**setup.defaults, **bound, **setup.fixed}
            texts = [f"{one.keyword}={one.text}" if one.keyword else one.text for one in mine]
            sites.append(Setup(place, bound, name=module.source.segment(call.func), own=texts))
    return sites


def has_use_for_rest(hierarchy: Hierarchy, references: References, setup: Setup) -> Place | None:
    """Return a place where a constructor is given more than it has parameters for, which the removed class got."""
    own = _parameters_of(setup)
    makers = [d.entry for d in hierarchy.constructors if d.function is setup.function]
    for entry in (one for maker in makers for one in (maker, *maker.descendants())):
        constructors = [d for d in hierarchy.constructors if d.entry in entry.lineage()]
        if constructors and constructors[0].function is not setup.function and entry not in makers:
            continue  # it has one of its own
        for module, call, place in _constructions(hierarchy, references, entry):
            if len(_own_arguments(arguments(module, call), own)) != len(call.args) + len(call.keywords):
                return place
    for entry, use in hierarchy.uses("__init__"):
        leads_here = any(use.through in ("super", maker.qualname) and entry is not maker for maker in makers)
        if leads_here and len(_own_arguments(use.arguments, own)) != len(use.arguments):
            return hierarchy.place(entry, use)
    return None


def _constructions(
    hierarchy: Hierarchy, references: References, entry: ClassEntry
) -> Iterator[tuple[Module, ast.Call, Place]]:
    for mention in references.mentions.get(entry.qualname, ()):
        if mention.mention is Mention.CONSTRUCTED and mention.call is not None:
            module = hierarchy.project.module_at(mention.place.path)
            for node in walk(module.source.tree, ast.Call):
                if module.source.span(node) == mention.call:
                    yield module, node, Place(mention.place.path, mention.call)


def _parameters_of(setup: Setup) -> tuple[Sequence[str], Sequence[str]]:
    """Return the parameters that a constructor has for itself: positional ones, and keyword-only ones."""
    assert setup.function is not None
    args = setup.function.args
    return [arg.arg for arg in [*args.posonlyargs, *args.args]][1:], [arg.arg for arg in args.kwonlyargs]


def _own_arguments(given: Sequence[Argument], own: tuple[Sequence[str], Sequence[str]]) -> list[Argument]:
    """Return those of the arguments that are for the parameters *own*."""
    positional, keyword_only = own
    names = {*positional, *keyword_only}
    return [
        one
        for index, one in enumerate(given)
        if not one.starred and (one.keyword in names if one.keyword else index < len(positional))
    ]


def bind_arguments(given: Sequence[Argument]) -> dict[str, Argument] | None:
    """Return the arguments of SMTPServer() by name; None if that cannot be said."""
    bound: dict[str, Argument] = {}
    for index, one in enumerate(given):
        name = one.keyword or (POSITIONS[index] if index < len(POSITIONS) else "")
        if one.starred or name not in POSITIONS or name in bound:
            return None
        bound[name] = one
    return bound if "localaddr" in bound else None


def bare_forwards(hierarchy: Hierarchy) -> Iterator[Definition]:
    """Yield constructors of the form `def __init__(*args, **kwargs)` that only call the removed class's."""
    for definition in hierarchy.constructors:
        body = significant(definition.function.body)
        is_plain = len(body) == 1 and not _named_parameters(definition.function)
        if is_plain and _hands_on(hierarchy, definition, body[0]):
            yield definition


def spelt_out(maker: Definition, behind: str) -> list[str]:
    """Return the parameters of a constructor with *behind*, if that is given, in the place of its stars."""
    source, args = maker.module.source, maker.function.args
    defaults = defaults_of(args)
    texts = [
        source.segment(arg) + (f"={source.segment(defaults[arg.arg])}" if arg.arg in defaults else "")
        for arg in (*args.args, *args.kwonlyargs)
    ]
    front, keyword_only = texts[: len(args.args)], texts[len(args.args) :]
    front = front or ["self"]  # which was in *args
    return [*front, *([behind] if behind else []), *(["*"] if keyword_only else []), *keyword_only]


def numeric_host(given: Argument) -> bool:
    """Tell whether an address is a tuple with an IPv4 address spelt out."""
    try:
        node = ast.parse(given.text, mode="eval").body
        if isinstance(node, ast.Tuple) and isinstance(node.elts[0], ast.Constant):
            ipaddress.IPv4Address(node.elts[0].value)
            return True
    except (SyntaxError, ValueError):
        pass
    return False
