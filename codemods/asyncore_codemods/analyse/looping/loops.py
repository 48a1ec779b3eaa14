"""Where a program runs asyncore's loop, and how it goes on afterwards."""

from __future__ import annotations

import ast
import itertools
from functools import partial
from typing import TYPE_CHECKING, Callable

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.looping.again import Again, is_asked_first, read_again, while_of
from asyncore_codemods.analyse.looping.carried import find_carried
from asyncore_codemods.analyse.looping.handed import find_handed
from asyncore_codemods.analyse.looping.last_loops import take_last_loops
from asyncore_codemods.analyse.looping.loop_calls import POSITIONS, arguments_by_name
from asyncore_codemods.analyse.looping.map_questions import asks_for_map
from asyncore_codemods.analyse.looping.polling import read_polling
from asyncore_codemods.analyse.values.syntax import self_name
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import LoopSite, Polling
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import CALLABLES, is_none, walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from asyncore_codemods.analyse.looping.private_map import PrivateMap
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import Project

_HARMLESS_ARGUMENTS = ("timeout", "use_poll")
_PASS_POSITIONS = ("timeout", "map")
PASSES = ("asyncore.poll", "asyncore.poll2", "asyncore.poll3")


def read_loops(
    project: Project,
    modules: list[Module],
    private_map: PrivateMap | None = None,
    *,
    has_threads: bool = False,
    threads_reach: Callable[[Sequence[Place]], bool],
) -> list[LoopSite]:
    """Return every call of asyncore.loop() in *modules*, or of what `--level loop` makes of it.

    Threads that have asyncore.loop for their target are among them. With threads, it is they who tell a polled
    loop to end, so that it hears of it when its next pass is over, as before. *threads_reach* tells whether other
    threads may run any of some statements.
    """
    sites = []
    for module in modules:
        around = Surroundings(module)
        for node in walk(module.source.tree, ast.Call):
            name = project.resolve_node(module, node.func)
            thread = _read_thread(project, module, around, node)
            if thread is not None:
                sites.append(thread)
            if name == "asyncore.loop":
                sites.append(_read_site(project, module, around, node, node, POSITIONS))
                _drop_map(project, module, sites[-1], arguments_by_name(node), private_map)
                owner = private_map.owner if private_map is not None else None
                polled = partial(read_polling, project, modules, module, node, has_threads=has_threads)
                _read_count(sites[-1], node, partial(polled, owner=owner, threads_reach=threads_reach))
                sites[-1].whole = _read_whole(project, module, around, node, POSITIONS)
                sites[-1] = _read_carried(project, modules, module, node, POSITIONS, private_map) or sites[-1]
                sites[-1] = _read_handed(project, modules, module, node, sites[-1]) or sites[-1]
            elif name in PASSES:
                carried = _read_carried(project, modules, module, node, _PASS_POSITIONS, private_map)
                passed = _read_pass(project, modules, module, around, node)
                sites += passed or ([carried] if carried is not None else [])
            elif name == "asyncio.run" and _is_until_empty(project, module, node):
                inner = node.args[0]
                assert isinstance(inner, ast.Call)
                sites.append(_read_site(project, module, around, node, inner, ("map",)))
    return take_last_loops(project, modules, sites)


def _drop_map(
    project: Project,
    module: Module,
    site: LoopSite,
    arguments: Mapping[str, ast.expr],
    private_map: PrivateMap | None,
) -> None:
    """Have no problem with the one map that everything lives in: the program's, or asyncore's own."""
    given = arguments.get("map")
    if given is None:
        return
    is_default = project.resolve_node(module, given) == "asyncore.socket_map"
    if is_default or (
        private_map is not None and private_map.covers(Place(str(module.path), module.source.span(given)))
    ):
        site.problems = [problem for problem in site.problems if problem.code is not Code.MAP]


def _read_count(site: LoopSite, call: ast.Call, read: Callable[..., Polling | Reason | None]) -> None:
    """`asyncore.loop(timeout=1, count=1)`, in a `while`, which *read* is to make sense of."""
    given = arguments_by_name(call, POSITIONS)
    count = given.pop("count", None)
    has_map = any(problem.code is Code.MAP for problem in site.problems)
    if not isinstance(count, ast.Constant) or count.value != 1 or has_map or "**" in given:
        return
    if site.around is not None:  # until the map is empty, as without a count
        site.problems = [problem for problem in site.problems if "count=" not in problem.message]
        return
    polling = read(given)
    if polling is not None:
        site.problems = [problem for problem in site.problems if "count=" not in problem.message]
        _set_polling(site, polling)


def _read_pass(
    project: Project, modules: list[Module], module: Module, around: Surroundings, call: ast.Call
) -> list[LoopSite]:
    """`asyncore.poll(1)`, in a `while`."""
    given = arguments_by_name(call, _PASS_POSITIONS)
    given["poll"] = ast.Constant(True)
    inner = call
    if "map" in given and project.resolve_node(module, given["map"]) == "asyncore.socket_map":
        del given["map"]  # which is the default
        inner = ast.Call(call.func, call.args[:1], [k for k in call.keywords if k.arg != "map"])
    polling = read_polling(project, modules, module, call, given)
    if polling is None or not set(given) <= {"timeout", "poll"}:
        return []
    site = _read_site(project, module, around, call, inner, _PASS_POSITIONS)
    site.whole = _read_whole(project, module, around, call, _PASS_POSITIONS)
    _set_polling(site, polling)
    return [site]


def _read_whole(
    project: Project, module: Module, around: Surroundings, call: ast.Call, positions: Sequence[str]
) -> LoopSite | None:
    """`while True: asyncore.poll(30)`, which as long as something is open is what asyncore.loop() does."""
    given = arguments_by_name(call, positions)
    count, map_given = given.pop("count", None), given.pop("map", ast.Constant(None))
    is_pass = positions is _PASS_POSITIONS or (isinstance(count, ast.Constant) and count.value == 1)
    is_plain = all(isinstance(value, (ast.Constant, ast.Name, ast.Attribute)) for value in given.values())
    if not isinstance(map_given, ast.Constant) and project.resolve_node(module, map_given) != "asyncore.socket_map":
        return None
    again = read_again(project, module, around, around.statement(call), call)
    if again is None or not again.is_endless or not is_pass or not is_plain:
        return None
    site = _read_site(project, module, around, call, ast.Call(call.func, [], []), ())
    _set_again(site, module, _in_function(around, call), again)
    return site


def _read_carried(
    project: Project,
    modules: list[Module],
    module: Module,
    call: ast.Call,
    positions: Sequence[str],
    private_map: PrivateMap | None,
) -> LoopSite | None:
    """`asyncore.poll()`, in a function that a `while` calls."""
    given = arguments_by_name(call, positions)
    count = given.pop("count", None)
    is_pass = positions is _PASS_POSITIONS or (isinstance(count, ast.Constant) and count.value == 1)
    if not is_pass or not set(given) <= {"timeout", "use_poll", "map"}:
        return None
    carried = find_carried(project, modules, module, call, given.get("timeout"))
    if carried is None:
        return None
    waits = {"timeout": carried.timeout} if carried.timeout is not None else {}
    waits.update({"poll": ast.Constant(True)} if positions is _PASS_POSITIONS else {})
    polling = read_polling(project, modules, carried.module, carried.call, waits)
    if not isinstance(polling, Polling):
        return None
    others = [ast.keyword(name, value) for name, value in given.items() if name == "map"]
    around = Surroundings(carried.module)
    site = _read_site(project, carried.module, around, carried.call, ast.Call(call.func, [], others), ())
    if others:
        _drop_map(project, module, site, given, private_map)
    text = carried.module.source.segment(carried.call)
    polling.is_ahead, site.alone = not site.alone, True  # nobody uses what the pass itself returns
    polling.carried = Place(str(module.path), module.source.span(carried.function or carried.statement))
    if carried.function is None and not polling.is_ahead:
        polling.before, polling.behind = ("", text) if carried.is_first else (text, "")
    site.polling = polling
    return site


def _read_handed(
    project: Project, modules: list[Module], module: Module, call: ast.Call, site: LoopSite
) -> LoopSite | None:
    """`asyncore.loop()`, in a function of which that is all, and which another file calls."""
    handed = find_handed(project, modules, module, call) if not site.problems and site.polling is None else None
    if handed is None:
        return None
    around = Surroundings(handed.module)
    outer = _read_site(project, handed.module, around, handed.call, ast.Call(call.func, [], []), ())
    outer.handed, outer.handed_to = site.place, Place(str(module.path), module.source.span(handed.function))
    outer.handed_scope, outer.guarded = site.scope, outer.guarded or handed.is_guarded
    outer.template = f"{handed.module.source.segment(handed.call.func)}({{}})"
    return outer


def _set_polling(site: LoopSite, polling: Polling | Reason) -> None:
    if isinstance(polling, Reason):
        site.problems.append(polling)
    else:
        site.polling = polling


def _read_thread(project: Project, module: Module, around: Surroundings, call: ast.Call) -> LoopSite | None:
    """`Thread(target=asyncore.loop, kwargs={"timeout": 1})`."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    target = given.get("target")
    if target is None or call.args or project.resolve_node(module, target) != "asyncore.loop":
        return None
    if project.resolve_node(module, call.func) not in ("threading.Thread", "Thread"):
        return None
    args, kwargs = given.get("args", ast.Tuple([], ast.Load())), given.get("kwargs", ast.Dict([], []))
    kept = _assigned_for(module, around, kwargs)
    inner = _loop_call(target, args, kept.value if kept is not None else kwargs)
    if inner is None:
        return None
    site = _read_site(project, module, around, call, inner, POSITIONS)
    site.given = Place(str(module.path), module.source.span(kept)) if kept is not None else None
    segment = module.source.segment
    others = [segment(keyword) for keyword in call.keywords if keyword.arg not in ("target", "args", "kwargs")]
    words = ["target=lambda: asyncio.run({})", *(other.replace("{", "{{").replace("}", "}}") for other in others)]
    site.is_thread, site.alone = True, False
    site.template = f"{segment(call.func)}({', '.join(words)})"
    return site


def _assigned_for(module: Module, around: Surroundings, node: ast.expr) -> ast.Assign | None:
    """Return the statement in front of that of *node*, a variable that is made there and used nowhere else."""
    if not isinstance(node, ast.Name):
        return None
    statement = around.statement(node)
    named = [n for n in walk(module.source.tree, ast.Name) if n.id == node.id]
    made = next((around.parents[n] for n in named if n is not node), None)
    block = getattr(around.parents[statement], "body", [])
    if not isinstance(made, ast.Assign) or made not in block or [*made.targets, node] != named:
        return None
    return made if block.index(made) < block.index(statement) else None


def _loop_call(target: ast.expr, args: ast.expr, kwargs: ast.expr) -> ast.Call | None:
    """Return the call of the loop that a thread makes, None if that cannot be told."""
    if isinstance(kwargs, ast.Call) and isinstance(kwargs.func, ast.Name) and kwargs.func.id == "dict":
        keywords = kwargs.keywords if not kwargs.args else [ast.keyword(None, kwargs)]
    elif isinstance(kwargs, ast.Dict) and all(isinstance(key, ast.Constant) for key in kwargs.keys):
        pairs = zip(kwargs.keys, kwargs.values)
        keywords = [ast.keyword(str(key.value), value) for key, value in pairs if isinstance(key, ast.Constant)]
    else:
        return None
    if not isinstance(args, (ast.Tuple, ast.List)) or any(keyword.arg is None for keyword in keywords):
        return None
    return ast.Call(target, args.elts, keywords)


def _is_until_empty(project: Project, module: Module, run: ast.Call) -> bool:
    if len(run.args) != 1 or run.keywords or not isinstance(run.args[0], ast.Call):
        return False
    return project.resolve_node(module, run.args[0].func) == f"{legacy.BRIDGE}.until_empty"


def _read_site(
    project: Project,
    module: Module,
    around: Surroundings,
    call: ast.Call,
    inner_call: ast.Call,
    positions: Sequence[str],
) -> LoopSite:
    """Read the site *call*, whose arguments are those of *inner_call*."""
    statement = around.statement(call)
    functions = [n for n in around.ancestors(call) if isinstance(n, CALLABLES)]
    inner = _in_function(around, call)
    place = Place(str(module.path), module.source.span(call))
    needless = _needless_while(project, module, around, statement, inner_call)
    if needless is not None:
        inner = [node for node in inner if node is not needless]
    site = LoopSite(
        place,
        around.scope(call),
        module.source.span(statement),
        alone=isinstance(statement, ast.Expr) and statement.value is call,
        in_loop=any(isinstance(node, (ast.While, ast.For)) for node in inner),
        guarded=any(isinstance(node, (ast.Try, ast.With)) for node in inner),
    )
    if needless is not None:
        site.around = Place(str(module.path), module.source.span(needless))
    elif positions is not _PASS_POSITIONS:
        again = read_again(project, module, around, statement, inner_call)
        if not set(arguments_by_name(inner_call, positions)) - set(_HARMLESS_ARGUMENTS):
            site.repeats = is_asked_first(around, statement, inner_call)
            if again is not None:
                _set_again(site, module, inner, again)
    holder = around.parents.get(functions[0]) if functions else None
    if isinstance(holder, ast.ClassDef) and isinstance(functions[0], ast.FunctionDef):
        entry = project.entries.get(id(holder))
        site.owner = entry.qualname if entry is not None else ""
        site.self_name = self_name(functions[0])
    site.problems = _problems(inner_call, place, functions, positions)
    return site


def _in_function(around: Surroundings, call: ast.Call) -> list[ast.AST]:
    """Return what stands around a call, the innermost first, as far as the function does."""
    return list(itertools.takewhile(lambda node: not isinstance(node, CALLABLES), around.ancestors(call)))


def _set_again(site: LoopSite, module: Module, inner: Sequence[ast.AST], again: Again) -> None:
    """Have the `while` around a loop go, one of the *inner* ancestors of its call."""
    site.around = Place(str(module.path), module.source.span(again.loop))
    site.is_endless, site.goes_on = again.is_endless, again.goes_on
    site.ended = [Place(str(module.path), module.source.span(one)) for one in again.ended]
    site.in_loop = any(isinstance(node, (ast.While, ast.For)) and node is not again.loop for node in inner)


def _needless_while(
    project: Project, module: Module, around: Surroundings, statement: ast.stmt, call: ast.Call
) -> ast.While | None:
    """Return the `while asyncore.socket_map:` that runs a loop, or its passes, until the map is empty."""
    loop = while_of(around, statement)
    given = arguments_by_name(call, POSITIONS)
    if loop is None or not set(given) <= {*_HARMLESS_ARGUMENTS, "map", "count"}:
        return None
    return loop if asks_for_map(project, module, loop.test) else None


def _problems(call: ast.Call, place: Place, functions: Sequence[ast.AST], positions: Sequence[str]) -> list[Reason]:
    problems = []
    for name, value in arguments_by_name(call, positions).items():
        if name in _HARMLESS_ARGUMENTS or is_none(value):
            continue
        code = Code.MAP if name == "map" else Code.LOOP
        problems.append(Reason(code, f"the loop is run with {name}={ast.unparse(value)}", place))
    if any(isinstance(f, ast.Lambda) for f in functions):
        problems.append(Reason(Code.LOOP, "the loop is run in a lambda", place))
    if any(isinstance(f, ast.AsyncFunctionDef) for f in functions):
        problems.append(Reason(Code.LOOP, "the loop is run in a coroutine", place))
    return problems
