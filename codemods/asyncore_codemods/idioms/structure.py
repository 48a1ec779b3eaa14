"""What a class is built of, and what it has to do with threads, timers and its fellows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.idioms.registry import idiom
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.analyse.families.views import ClassView

THREADS = ("threading.*", "thread.*", "_thread.*", "multiprocessing.*", "concurrent.*", "Queue.*", "queue.*")
_PROCESSES = ("subprocess.*", "os.fork", "os.forkpty", "pty.*", "os.popen", "os.execv")


@idiom("bases.deep")
def _deep(view: ClassView) -> Iterator[ast.AST]:
    """Another class of the project stands between it and the removed one."""
    if any(parent.root for parent in view.entry.parents):
        yield view.entry.node


@idiom("bases.elsewhere")
def _elsewhere(view: ClassView) -> Iterator[ast.AST]:
    """A base is in another file."""
    if any(parent.module is not view.module for parent in view.entry.parents):
        yield view.entry.node


@idiom("bases.several")
def _several(view: ClassView) -> Iterator[ast.AST]:
    """There are several bases."""
    if len([base for base in view.entry.bases if base != "object"]) > 1:
        yield view.entry.node


@idiom("bases.thread")
def _thread(view: ClassView) -> Iterator[ast.AST]:
    """It is a thread or a process as well."""
    if any(base.split(".")[0] in ("threading", "multiprocessing") for base in view.entry.bases):
        yield view.entry.node


@idiom("bases.object")
def _object(view: ClassView) -> Iterator[ast.AST]:
    """The class object is named as a base: a class meant for Python 2."""
    if len(view.entry.bases) > 1 and "object" in view.entry.bases:
        yield view.entry.node


@idiom("bases.local")
def _local(view: ClassView) -> Iterator[ast.AST]:
    """The class is defined in a function or in another class."""
    if view.entry.is_local:
        yield view.entry.node


@idiom("init.no-base-call")
def _no_base_call(view: ClassView) -> Iterator[ast.AST]:
    """__init__() does not call the base class's."""
    if "__init__" in view.methods and view.root:
        if not any(isinstance(n, ast.Attribute) and n.attr == "__init__" for n in view.nodes("__init__")):
            yield view.methods["__init__"]


@idiom("names.mangled")
def _mangled(view: ClassView) -> Iterator[ast.AST]:
    """It is called like its base, so that its private names are the base's."""
    removed = {base.rpartition(".")[2] for base in legacy.ancestors(view.root)} if view.root else set()
    if view.entry.name in removed:
        yield from (u.node for u in view.uses if u.name.startswith("__") and not u.name.endswith("__"))


@idiom("threads.used")
def _threads(view: ClassView) -> Iterator[ast.AST]:
    """Threads, locks or queues are used."""
    yield from view.calls_of(*THREADS)


@idiom("processes.used")
def _processes(view: ClassView) -> Iterator[ast.AST]:
    """Processes are started."""
    yield from view.calls_of(*_PROCESSES)


@idiom("signals.used")
def _signals(view: ClassView) -> Iterator[ast.AST]:
    """Signals are handled."""
    yield from view.calls_of("signal.signal", "signal.alarm")


@idiom("generators.used")
def _generators(view: ClassView) -> Iterator[ast.AST]:
    """A method is a generator."""
    yield from (node for node in view.nodes() if isinstance(node, (ast.Yield, ast.YieldFrom)))


@idiom("peers.drives")
def _drives(view: ClassView) -> Iterator[ast.AST]:
    """Another channel, kept in an attribute, is pushed to, sent to or closed."""
    for node in view.nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = node.func.value
            if node.func.attr in ("push", "send", "close_when_done") and isinstance(target, ast.Attribute):
                if target.attr != "socket":
                    yield node


@idiom("peers.broadcast")
def _broadcast(view: ClassView) -> Iterator[ast.AST]:
    """Something is sent to every channel of a collection."""
    for loop in view.nodes():
        if isinstance(loop, ast.For):
            for node in walk(loop, ast.Call):
                if isinstance(node.func, ast.Attribute):
                    if node.func.attr in ("push", "send", "broadcast") and isinstance(node.func.value, ast.Name):
                        if isinstance(loop.target, ast.Name) and node.func.value.id == loop.target.id:
                            yield node


@idiom("callbacks.queued")
def _callbacks(view: ClassView) -> Iterator[ast.AST]:
    """A callback or a request is queued, and taken from the queue later."""
    kept = {
        n.func.value.attr
        for n in view.nodes()
        if isinstance(n, ast.Call)
        and isinstance(n.func, ast.Attribute)
        and n.func.attr in ("append", "put", "appendleft")
        and isinstance(n.func.value, ast.Attribute)
    }
    for node in view.nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("pop", "popleft", "get") and isinstance(node.func.value, ast.Attribute):
                if node.func.value.attr in kept:
                    yield node


@idiom("loop.own")
def _loop(view: ClassView) -> Iterator[ast.AST]:
    """A method of the class runs the loop."""
    yield from view.calls_of("asyncore.loop", "asyncore.poll", "asyncore.poll2", "asyncore.poll3")
