"""Base classes beside the channel's, and decorators, that may be left as they are when the channel is rewritten."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.analyse.values.syntax import self_attribute, self_name, significant
from asyncore_codemods.nodes import is_stored, walk

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import ClassEntry, Project
    from asyncore_codemods.model.uses import Argument, Use

NEUTRAL = frozenset({"object", "abc.ABC"})  # base classes that have nothing a channel could notice
# What a mixin may have in the channel's stead
OVERRIDDEN = frozenset(
    {"collect_incoming_data", "found_terminator", "readable", "writable", "log", "log_info", "encoding"}
    | {f"handle_{event}" for event in ("close", "connect", "error", "expt", "read", "write")}
)
_SETTER = "set_terminator"  # says what is to come, before there is a connection as well
ERROR_HOOK = "handle_error"
_LOGS = frozenset({"log", "log_info"})  # and those for others as well: nothing of them changes
_METACLASS = "abc.ABCMeta"
# They hand back the class that they get, with nothing new that has to do with channels.
_DECORATORS = frozenset(
    {
        "functools.total_ordering",
        "typing.final",
        "typing_extensions.final",
        "zope.interface.implementer",
        "zope.interface.provider",
    }
)
# Names that rewritten classes have
_WRITTEN = frozenset(
    {"reader", "writer", "run", "server", "serve_forever", "serve", "unsent", "closed", "finished"}
)


def find_mixins(project: Project, channels: list[ClassEntry]) -> list[ClassEntry]:
    """Return the other base classes of *channels* that may be left as they are, or changed with them.

    They replace nothing that a channel has; and either they use nothing of it, or nobody else derives from them.
    """
    found: list[ClassEntry] = []
    for channel in channels:
        for parent in channel.parents:
            if parent not in channels and parent not in found and _is_mixin(project, parent, channels):
                found.append(parent)
    return found


def serves_only(mixin: ClassEntry, channels: list[ClassEntry]) -> bool:
    """Tell whether *channels* alone derive from *mixin*."""
    return all(child in channels for child in mixin.children)


def names_of_mixin(mixin: ClassEntry) -> set[str]:
    """Return the names of the methods of a mixin, and of all attributes that it mentions."""
    assigned = [statement for statement in mixin.node.body if isinstance(statement, (ast.Assign, ast.AnnAssign))]
    names = {node.id for statement in assigned for node in walk(statement, ast.Name)}
    names |= {node.attr for node in walk(mixin.node, ast.Attribute)}
    return names | {method.name for method in methods_of(mixin.node)}


def logs(mixin: ClassEntry) -> bool:
    """Tell whether a mixin has a log() or a log_info(), which asyncore calls as well."""
    return any(method.name in _LOGS for method in methods_of(mixin.node))


def shares_errors(mixin: ClassEntry, channels: list[ClassEntry]) -> bool:
    """Tell whether a mixin has a handle_error() for *channels* and for other channels of the project."""
    defined = {method.name for method in methods_of(mixin.node)}
    return ERROR_HOOK in defined and not serves_only(mixin, channels) and all(c.root for c in mixin.children)


def has_plain_head(project: Project, entry: ClassEntry) -> bool:
    """Tell whether a class has no decorator and no keyword that could make another class of it."""
    return all(_is_abstract(project, entry.module, keyword) for keyword in entry.node.keywords) and all(
        _is_plain_decorator(project, entry.module, decorator) for decorator in entry.node.decorator_list
    )


def inherits_constructor(entry: ClassEntry, mixins: set[str], *, may_hand_on: bool) -> bool:
    """Tell whether the constructor of a mixin may run in the place of the channel's, or with it by super().

    *may_hand_on* says that it may, if it hands on to the channel's what it is given.
    """
    own, handed_on = constructor_of(entry), False
    for index, parent in enumerate(entry.parents):
        if parent.qualname not in mixins:
            behind = [other for other in entry.parents[index + 1 :] if constructor_of(other) is not None]
            # the channel comes first, and hands on to nobody; mixins of its own will, once asyncore's class is gone
            return bool(behind) and any(hands_all_on(one) for one in parent.lineage())
        constructor = constructor_of(parent)
        if constructor is None:
            continue
        if not may_hand_on or not hands_all_on(parent):
            return own is None or _mentions_super(own)
        if own is not None and not _mentions_super(own):
            return True
        handed_on = True
    return handed_on and own is None  # nobody would give the mixins what is theirs


def hands_on_to_channel(entry: ClassEntry, mixins: set[str]) -> bool:
    """Tell whether super().__init__() goes to mixins that stand in front of a removed class, and on to that."""
    *_, last = (base for base in entry.bases if base not in NEUTRAL)
    return (
        last in legacy.CLASSES
        and any(constructor_of(parent) is not None for parent in entry.parents)
        and all(
            parent.qualname in mixins and (constructor_of(parent) is None or hands_all_on(parent))
            for parent in entry.parents
        )
    )


def kept_for_mixins(call: Use) -> list[Argument]:
    """Return what *call* gives to constructors that hand on: all but what is the removed class's."""
    return [given for given in call.arguments if given.keyword not in (None, "sock", "map")]


def split_between(module: Module, call: Use) -> tuple[Use, str]:
    """Return what of a call of super().__init__() is the removed class's, and what is left for the mixins."""
    own = kept_for_mixins(call)
    kept = ", ".join(f"{given.keyword}={given.text}" for given in own)
    rest = tuple(given for given in call.arguments if given not in own)
    return replace(call, arguments=rest), f"{module.source.cut(call.span)}({kept})"


def hands_all_on(mixin: ClassEntry) -> bool:
    """Tell whether a mixin's constructor calls `super().__init__(*args, **kwargs)` with what it does not name.

    It may do no more with its object than to set attributes, and the terminator: it might run before the object is
    connected.
    """
    constructor = constructor_of(mixin)
    if constructor is None or constructor.decorator_list:
        return False
    spec, own = constructor.args, self_name(constructor)
    if spec.vararg is None or spec.kwarg is None or len([*spec.posonlyargs, *spec.args]) != 1:
        return False
    handed = f".__init__(*{spec.vararg.arg}, **{spec.kwarg.arg})"
    calls = {f"super(){handed}", f"super({mixin.name}, {own}){handed}"}
    *others, call = sorted(constructor.body, key=lambda statement: ast.unparse(statement) in calls)
    is_apart = not any(
        node.id in (spec.vararg.arg, spec.kwarg.arg, "super") for other in others for node in walk(other, ast.Name)
    )
    return ast.unparse(call) in calls and is_apart and not any(_does_more(other, own) for other in others)


def _does_more(statement: ast.stmt, own: str) -> bool:
    """Tell whether a statement does more with the object called *own* than with its attributes and its class."""
    fine = {
        id(node.value if isinstance(node, ast.Attribute) else node.args[0])
        for node in walk(statement, (ast.Attribute, ast.Call))
        if isinstance(node, ast.Attribute) or (ast.unparse(node.func) == "type" and node.args)
    }
    called = {
        id(node.func.value)
        for node in walk(statement, ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr != _SETTER
    }
    return any(node.id == own and id(node) not in fine - called for node in walk(statement, ast.Name))


def constructor_of(entry: ClassEntry) -> ast.FunctionDef | None:
    """Return the __init__() that a class defines itself."""
    found = [f for f in methods_of(entry.node) if f.name == "__init__" and isinstance(f, ast.FunctionDef)]
    return found[-1] if found else None


def constructing(entry: ClassEntry) -> ClassEntry | None:
    """Return the class whose constructor makes an object of *entry*: itself, or the nearest above it."""
    return next((one for one in entry.lineage() if constructor_of(one) is not None), None)


def _is_mixin(project: Project, parent: ClassEntry, channels: list[ClassEntry]) -> bool:
    inherited = legacy.inherited_names(channels[0].root or "") | {"__new__", "__getattr__"}
    body = parent.node.body
    defined = {method.name for method in methods_of(parent.node)}
    defined |= {n.id for s in body if isinstance(s, ast.Assign) for n in s.targets if isinstance(n, ast.Name)}
    if parent.root or parent.is_local or set(parent.bases) - NEUTRAL:
        return False
    replaced = defined & inherited
    if replaced and not (replaced <= OVERRIDDEN and _goes_first(project, parent, channels)):
        return False
    shared = {ERROR_HOOK} if shares_errors(parent, channels) else set()
    if replaced - _LOGS - shared and not serves_only(parent, channels):
        return False  # others have it another way, or not at all
    if not has_plain_head(project, parent) or not _is_plain_constructor(parent, inherited):
        return False
    if serves_only(parent, channels):
        return True
    own = {node.arg for node in walk(parent.node, ast.arg)}
    own |= {n.id for n in walk(parent.node, ast.Name) if is_stored(n)}
    loggers = _loggers_of(project, parent)
    return not any(
        isinstance(node, ast.Attribute)
        and node.attr in inherited
        and not (isinstance(node.value, ast.Name) and node.value.id not in own)  # logger.debug()
        and not (isinstance(node.value, ast.Attribute) and node.value.attr in loggers)
        for statement in parent.node.body
        if getattr(statement, "name", "") not in shared  # shared_errors.py sees to that one
        for node in walk(statement)
    )


def _loggers_of(project: Project, entry: ClassEntry) -> set[str]:
    """Return the attributes that the body of a class makes loggers: `logger = logging.getLogger(__name__)`."""
    return {
        target.id
        for statement in entry.node.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
        if project.resolve_node(entry.module, statement.value.func) == "logging.getLogger"
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _goes_first(project: Project, mixin: ClassEntry, channels: list[ClassEntry]) -> bool:
    """Tell whether a mixin stands in front of the channels' own base, and hands on to nobody else."""
    for child in mixin.children:
        for base in child.bases:
            entry = project.class_at(base, child.module)
            if entry is mixin:
                break
            if base in legacy.CLASSES or entry in channels:
                return False  # it has a method of this name itself, which is the one that runs
    inherited = legacy.inherited_names(channels[0].root or "") | {""}
    return all(_is_alone_with(mixin, channels, name) for name in _names_of_super(mixin) & inherited)


def _names_of_super(mixin: ClassEntry) -> set[str]:
    """Return the methods that those of a mixin call by super(), "" for another use of that; constructors aside."""
    names: set[str] = set()
    for method in methods_of(mixin.node):
        if method.name != "__init__" and _mentions_super(method):
            called = [n for n in walk(method, ast.Attribute) if ast.unparse(n.value) in _super_of(mixin, method)]
            asked = [node for node in walk(method, ast.Name) if node.id == "super"]
            names |= {node.attr for node in called} if len(called) == len(asked) else {""}
    return names


def _super_of(mixin: ClassEntry, method: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, str]:
    return "super()", f"super({mixin.name}, {self_name(method)})"


def _is_alone_with(mixin: ClassEntry, channels: list[ClassEntry], name: str) -> bool:
    """Tell whether of all that *channels* derive from, only a mixin and the removed class have a method *name*."""
    others = {one for channel in channels for one in channel.lineage()} - {mixin}
    return bool(name) and not any(method.name == name for one in others for method in methods_of(one.node))


def _is_plain_constructor(mixin: ClassEntry, inherited: frozenset[str]) -> bool:
    """Tell whether the constructor of a mixin has nothing to do with channels, but perhaps hands on to theirs."""
    constructor = constructor_of(mixin)
    if constructor is None:
        return "__init__" not in {method.name for method in methods_of(mixin.node)}
    if hands_all_on(mixin):
        return not any(node.attr in inherited - {_SETTER} for node in walk(constructor, ast.Attribute))
    return not _mentions_super(constructor) and not any(
        node.attr in inherited or node.attr == "__init__" for node in walk(constructor, ast.Attribute)
    )


def _mentions_super(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "super" for node in walk(function))


def _is_abstract(project: Project, module: Module, keyword: ast.keyword) -> bool:
    return keyword.arg == "metaclass" and project.resolve_node(module, keyword.value) == _METACLASS


def given_by_decorators(project: Project, entry: ClassEntry) -> set[str]:
    """Return the names of the attributes that the decorators of a class, or of its ancestors, set on it."""
    given: set[str] = set()
    for one in entry.lineage():
        for decorator in one.node.decorator_list:
            function = _decorating(project, one.module, decorator)
            given |= (marks_of(function) or set()) if function is not None else set()
    return given


def _is_plain_decorator(project: Project, module: Module, decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if project.resolve_node(module, called) in _DECORATORS:
        return True
    function = _decorating(project, module, decorator)
    return function is not None and marks_of(function) is not None


def _decorating(project: Project, module: Module, decorator: ast.expr) -> ast.FunctionDef | None:
    """Return the function of the project that *decorator* names."""
    target = project.resolve_node(module, decorator) or ""
    module_name, _, name = target.rpartition(".")
    home = module if module_name in ("", module.name) else project.find_module(module_name, module)
    function = home.functions.get(name) if home is not None else None
    return function if isinstance(function, ast.FunctionDef) else None


def marks_of(function: ast.FunctionDef) -> set[str] | None:
    """Return the attributes that a function sets on its one parameter, which it returns; None if it does more.

    They may be what no channel has, but for `log`: nothing of asyncore's own calls that. Functions among them get
    the object, and must leave alone what the channel has.
    """
    parameters = [argument.arg for argument in function.args.args]
    if len(parameters) != 1 or function.decorator_list:
        return None
    own = parameters[0]
    inherited = (legacy.inherited_names(legacy.ASYNC_CHAT) | _WRITTEN) - {"log"}
    *body, last = significant(function.body) or [ast.Pass()]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Name) or last.value.id != own:
        return None
    marks: set[str] = set()
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            touched = {node.attr for node in walk(statement, ast.Attribute)}
            if touched & inherited or _mentions(statement, own):
                return None
        elif (
            isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and not _mentions(statement.value, own)
        ):
            target = statement.targets[0]
            name = self_attribute(target, own) or ""
            if (name in inherited or name.startswith("__")) if name else not isinstance(target, ast.Name):
                return None
            marks |= {name} - {""}
        else:
            return None
    return marks


def _mentions(node: ast.AST, name: str) -> bool:
    """Tell whether *node* does more with the class called *name* than to ask what it is called."""
    asked = {
        id(inner.value)
        for inner in walk(node, ast.Attribute)
        if inner.attr in ("__name__", "__qualname__", "__module__", "__doc__")
    }
    return any(isinstance(inner, ast.Name) and inner.id == name and id(inner) not in asked for inner in walk(node))
