"""Place the calls of the loop: what it drove is run there, beside whatever else is to run."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.looping.handed import PARAMETER
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.plan.looping.homes import Home
from asyncore_codemods.plan.objects import has_helper
from asyncore_codemods.printer import (
    HELPERS,
    helper_name,
)
from asyncore_codemods.rewrite.errors import RewriteError

if TYPE_CHECKING:
    from asyncore_codemods.analyse.looping.roots import Root
    from asyncore_codemods.analyse.looping.startups import Startup
    from asyncore_codemods.index import Project
    from asyncore_codemods.model.programs import Block, LastLoop, LoopSite, Polling
    from asyncore_codemods.plan.changes import Changes, FileChanges
    from asyncore_codemods.spans import Place

_WIDEST = 100  # columns; a longer line gets its listener a name


def add_startup(
    project: Project,
    changes: Changes,
    startup: Startup,
    coroutines: dict[str, str],
    beside: list[str],
    *,
    starts: str,
    home: Home | None,
) -> None:
    """Run what the loop drove, and *beside* it more coroutines.

    *starts* is the helper for clients that are started elsewhere, if there are any, *home* where it is kept.
    """
    file = changes.of(startup.site.place.path)
    calls = [_root_call(project, changes, startup, root, coroutines) for root in startup.roots] + beside
    if starts:
        _keep_tasks(changes, home or Home(startup.site.place.path), starts)
        calls = [f"tasks.{'run' if startup.site.polling is None else 'begin'}({', '.join(calls)})"]
    elif len(calls) > 1 or calls[0].startswith("*"):
        if not has_helper(project.module_at(startup.site.place.path), "run_all"):
            file.functions["run_all"] = HELPERS["run_all"]
        calls = [_called_together(calls, startup.site)]
    _place_run(project, changes, startup.site, calls[0], starts=bool(starts))
    changes.unwrap([startup.site.around] if startup.site.around is not None else [])
    changes.remove([startup.site.given] if startup.site.given is not None else [])
    changes.remove(startup.site.ended)


def _called_together(calls: list[str], site: LoopSite) -> str:
    """Return a call of run_all(), with an argument a line if it would be too long."""
    joined = f"run_all({', '.join(calls)})"
    if site.statement.column + len(site.template.format(joined)) <= _WIDEST:
        return joined
    lines = ["    run_all(", *(f"        {call}," for call in calls), "    )"]
    if "args=({},)" in site.template:  # of a thread: behind this, a comma comes before the parenthesis
        return "\n".join(["", f"    {joined}"] if len(joined) < _WIDEST - site.statement.column else ["", *lines])
    return "\n".join(["", *lines, ""])


def tasks_for(polling: Polling | None) -> str:
    """Return the helper that starts clients where the loop is polled as *polling* says, if it is."""
    if polling is None:
        return "tasks"
    if not polling.event:
        return "waiting_tasks"
    return "told_tasks" if polling.asks else "polled_tasks"


def _keep_tasks(changes: Changes, home: Home, helper: str) -> None:
    changes.of(home.path).functions["tasks"] = HELPERS[helper]
    if home.beside is not None:
        file = changes.of(home.beside.path)
        if home.joins:
            file.wrapped[home.beside.span] = "", ", tasks"
            return
        (file.prepended if home.is_before else file.appended)[home.beside.span] = home.statement


def _place_run(project: Project, changes: Changes, site: LoopSite, coroutine: str, *, starts: bool) -> None:
    """Run *coroutine* where the loop ran, in a coroutine with what stands around it if need be."""
    file, block = changes.of(site.place.path), site.block
    if site.handed is not None and site.handed_to is not None:
        inner = changes.of(site.handed.path)
        inner.expressions[site.handed.span] = f"asyncio.run({PARAMETER})"
        inner.parameters[site.handed_to.span] = PARAMETER
    if block is None:
        file.expressions[site.place.span] = site.template.format(coroutine)
        return
    for one in site.last:
        _wait_behind(changes, one, _waiting(one, block, starts=starts and site.polling is not None))
    lines, last = [f"async def {block.name}():"], ""
    shared = [block.shared] if block.shared else []
    waited = coroutine
    if site.polling is not None:
        shared, waited, last = _poll(project, changes, site, coroutine, shared, starts=starts)
    elif site.last:
        shared.append(_in_task(coroutine))
        waited = "asyncio.wait([serving])"
    if block.catches:
        waited = f"interruptible({', '.join((waited, *block.signals))})"
        _add_helpers_at(project, file, site.place, "interruptible_by" if block.signals else "interruptible")
    if site.polling is not None and site.polling.is_ahead:
        file.prepended[site.statement] = f"await {waited}"
    else:
        file.expressions[site.place.span] = f"await {waited}"
    if block.method is not None:
        _place_in_method(changes, block, shared, last)
        return
    lines += [f"    {line}" for line in shared]
    call = f"asyncio.run({block.name}())"
    file.extracted[block.place.span] = "\n".join(lines), last, f"return {call}" if block.returns else call


def _waiting(loop: LastLoop, block: Block, *, starts: bool) -> str:
    """Print what a last loop becomes; if what was polled *starts* clients, these are kept elsewhere."""
    if starts:
        return f"await asyncio.sleep({loop.seconds:g})"
    if loop.seconds is not None:
        waited = f"asyncio.wait([serving], timeout={loop.seconds:g})"
    else:
        waited = "asyncio.wait([serving])" if loop.catches else "serving"
    return f"await interruptible({', '.join((waited, *block.signals))})" if loop.catches else f"await {waited}"


def _wait_behind(changes: Changes, loop: LastLoop, text: str) -> None:
    """Wait where a last loop stood, or beside the call of the function in which it did."""
    if loop.carried is None:
        changes.replace([Replacement(loop.place, text)])
        return
    changes.remove([loop.carried])
    file = changes.of(loop.place.path)
    (file.prepended if loop.is_first else file.appended)[loop.place.span] = text


def _place_in_method(changes: Changes, block: Block, first: list[str], last: str) -> None:
    """Make a coroutine of the method that ran the loop, with some *first* lines, and a *last* one."""
    file = changes.of(block.place.path)
    assert block.method is not None
    file.coroutines.add(block.method)
    if first or last:
        file.extracted[block.place.span] = "\n".join(first), last, ""
    if block.outer is None:
        for call in block.calls:
            changes.of(call.path).enclosed[call.span] = "asyncio.run"
        return
    outer, shared = block.outer, [f"    {line}" for line in (block.outer.shared,) if line]
    run = f"asyncio.run({outer.name}())"
    caller = changes.of(outer.place.path)
    caller.awaited |= {call.span for call in block.calls}
    head = "\n".join([f"async def {outer.name}():", *shared])
    caller.extracted[outer.place.span] = head, "", f"return {run}" if outer.returns else run


def _poll(
    project: Project, changes: Changes, site: LoopSite, coroutine: str, shared: list[str], *, starts: bool
) -> tuple[list[str], str, str]:
    """Have tasks serve what a polled loop drove; return the first lines, what it waits for, and the last line.

    *coroutine* serves all, unless it is a call that *starts* them.
    """
    polling, block = site.polling, site.block
    assert polling is not None
    assert block is not None
    changes.replace([_asked_of_tasks(ask) for ask in polling.asks] if starts else polling.asks)
    changes.remove([place for place in (polling.removed, polling.carried) if place is not None])
    file = changes.of(site.place.path)
    if polling.before:
        file.prepended[site.statement] = polling.before
    elif polling.behind:
        file.appended[site.statement] = polling.behind
    for write in polling.woken:
        behind = changes.of(write.place.path).appended
        later = behind.get(write.place.span)  # such as `await session.run()`
        behind[write.place.span] = write.text if later is None else f"{write.text}\n{later}"
    if polling.declared is not None:
        place = polling.declared.place
        changes.of(place.path).prepended[place.span] = polling.declared.text
    end = block.place.span.end_line
    waits_last = any(one.seconds is None and one.place.span.end_line == end for one in site.last)
    last = "" if block.is_endless or polling.asks or waits_last else "serving.cancel()"
    if polling.event:
        waits = "tasks.wait" if starts and polling.asks else "pause"
        if waits == "pause":
            _add_helpers_at(project, changes.of(site.place.path), site.place, "pause")
        waited = f"{waits}({polling.seconds}, {polling.event})"
        if polling.is_global:
            is_joined = bool(shared) and shared[0].startswith("global ")
            shared = [f"{shared[0]}, {polling.event}"] if is_joined else [f"global {polling.event}", *shared]
        shared = [*shared, f"{polling.event} = asyncio.Event()"]
    elif starts:
        waited = f"tasks.wait({polling.seconds})"
    elif polling.asks or block.is_endless:
        waited = f"asyncio.wait([serving], timeout={polling.seconds})"
    else:
        waited = f"asyncio.sleep({polling.seconds})"
    if starts:
        return [*shared, coroutine], waited, ""
    started = [*shared, _in_task(coroutine)]
    if polling.event and polling.asks:
        started.append(f"serving.add_done_callback(lambda _: {polling.event}.set())")
    return started, waited, last


def _in_task(coroutine: str) -> str:
    """Return the statement that runs *coroutine* in a task, one level deeper than where the loop ran."""
    return "serving = asyncio.create_task({})".format(coroutine.replace("\n", "\n    "))


def _asked_of_tasks(ask: Replacement) -> Replacement:
    """Have a question about one task be one about all that have been started."""
    return Replacement(ask.place, "tasks.running" if ask.text.startswith("not ") else "not tasks.running")


def _add_helpers_at(project: Project, file: FileChanges, place: Place, name: str) -> None:
    if not has_helper(project.module_at(place.path), name):
        file.functions[helper_name(name)] = HELPERS[name]


def _root_call(project: Project, changes: Changes, startup: Startup, root: Root, coroutines: dict[str, str]) -> str:
    """Return the call that makes the root's coroutine, and see to it that its objects have a name there."""
    methods = {coroutines[name] for name in root.classes}
    if len(methods) > 1:
        raise RewriteError(f"the objects in {root.text} would have to be run in different ways")
    method = methods.pop()
    _return_products(changes, root)
    for place, name in root.hoisted:
        changes.of(place.path).hoisted[place.span] = name
    for place, name in root.entered:
        changes.of(place.path).entered[place.span] = name
    if root.each or root.collected is not None:
        if root.collected is not None:
            _collect(changes, root)
        one = root.text.removeprefix("all_").removesuffix("s")
        if one == root.text or not one.isidentifier() or keyword.iskeyword(one):
            one = "one"
        return f"*({one}.{method}() for {one} in {root.text})"
    if root.inlined is not None:
        made = _text_at(project, changes, root.source or root.calls[0])
        file = changes.of(root.inlined.path)
        is_same = not any((root.source or root.calls[0]).span.contains(span) for span in file.arguments)
        if is_same and startup.site.statement.column + len(f"asyncio.run({made}.{method}())") <= _WIDEST:
            file.removed.add(root.inlined.span)
            return f"{made}.{method}()"
        name = "client" if method == "run" else "server"
        file.wrapped[root.inlined.span] = f"{name} = ", ""
        return f"{name}.{method}()"
    for place in root.bound:
        changes.of(place.path).wrapped[place.span] = f"{root.text} = ", ""
    return f"{root.text}.{method}()"


def _return_products(changes: Changes, root: Root) -> None:
    """Have the functions that make what the loop drives return it."""
    for product in root.products:
        for place, prefix in product.wrapped:
            changes.of(place.path).wrapped[place.span] = prefix, ""
        for place, text in product.appended:
            changes.of(place.path).appended[place.span] = text


def _collect(changes: Changes, root: Root) -> None:
    assert root.collected is not None
    changes.of(root.collected.path).prepended[root.collected.span] = f"{root.text} = []"
    for place, target in root.appended:
        file = changes.of(place.path)
        if target:
            file.appended[place.span] = f"{root.text}.append({target})"
        else:
            file.wrapped[place.span] = f"{root.text}.append(", ")"


def _text_at(project: Project, changes: Changes, place: Place) -> str:
    """Return the text of a call, as it has become."""
    changed = changes.of(place.path).expressions.get(place.span)
    if changed is not None:
        return changed
    return project.module_at(place.path).source.cut(place.span)
