"""What a thread asks of a session, and the loop's own thread can do for it: `session.push(data)` and the like.

asyncore let any thread push. A rewritten session may be used in the loop's thread only, so the call becomes
`session.call_from_thread(session.push, data)`. That goes for calls whose result nobody looks at. A thread may
outlive asyncio.run(), which closes its loop: then it makes the call itself, as it always did. A client that is
all there is in a program makes its event loop itself, and never closes it, so that threads may ask before that,
or when it has ended; what they ask may come before there is a connection. So does a listener that a thread closes.
"""

from __future__ import annotations

import ast
import collections
import io
import logging
import queue
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.usage.inference import Inference
from asyncore_codemods.analyse.usage.outside import OutsideUse
from asyncore_codemods.analyse.usage.thread_objects import is_only_started
from asyncore_codemods.analyse.values.assigned_methods import methods_of
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.nodes import FUNCTIONS, walk
from asyncore_codemods.plan.threads.delays import Delays, waits_for_threads
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry

_TYPES = (
    *(list, dict, set, str, bytes, bytearray, tuple, collections.deque, io.TextIOWrapper, io.BufferedRandom),
    *(queue.Queue, threading.Thread, threading.Event, socket.socket, logging.Logger, subprocess.Popen),
)
_COMMON = {name for kind in _TYPES for name in dir(kind)} | {"acquire", "release", "notify", "cancel"}
_OUTPUT = {legacy.ASYNC_CHAT: "push", legacy.DISPATCHER_WITH_SEND: "send", legacy.DISPATCHER: "send"}


@dataclass
class Crossings:
    """Collects such calls; *sessions* are the hierarchies whose objects are made by listeners, or one client."""

    project: Project
    sessions: Sequence[Hierarchy]
    replaced: dict[Place, Replacement] = field(default_factory=dict)  # statements
    expressions: list[Replacement] = field(default_factory=list)
    arguments: list[Replacement] = field(default_factory=list)
    uses: list[OutsideUse] = field(default_factory=list)  # what the sessions must go on having for them
    loop: str = "loop"  # the attribute of a session that is its event loop
    call: str = "call_from_thread"  # its method for threads, if that loop is not its own
    is_client: bool = False  # there is one client and nothing else
    listener: Hierarchy | None = None  # the one that there is, if there are only sessions beside it
    asks_sessions: bool = False
    asks_listener: bool = False

    def __post_init__(self) -> None:
        self.tops = [h for h in self.sessions if h.root in _OUTPUT]
        self.inherited = {_OUTPUT[h.root] for h in self.tops} | {"close_when_done"} if self.tops else set()
        if self.listener is not None:
            self.tops.append(self.listener)
            self.inherited.add("close")
        self.members = {m.qualname for h in self.tops for m in h.members}

    @cached_property
    def names(self) -> set[str]:
        """What a session can be asked for; found out when the first thread asks for something."""
        own = {name for h in self.tops for name in h.methods} - legacy.inherited_names(legacy.ASYNC_CHAT)
        own -= {"__init__"}
        nodes = [node for h in self.tops for m in h.members for node in walk(m.node)]
        ours = {self.loop, self.call}
        are_taken = any(
            isinstance(n, ast.Attribute) and n.attr in ours and dotted_name(n.value) == "self" for n in nodes
        )
        entries = self.project.classes.values()
        if ours & own or are_taken or waits_for_threads(entry.node for entry in entries if entry.root):
            return set()
        return (own | self.inherited) - self.project.assigned_attributes

    @cached_property
    def shared(self) -> set[str]:
        """What other objects can be asked for as well, so that it takes to know whom a thread asks."""
        others = [e for e in self.project.classes.values() if e.qualname not in self.members]
        return {method.name for entry in others for method in methods_of(entry.node)}

    @cached_property
    def delays(self) -> Delays:
        """What judges how soon its calls have to be made."""
        return Delays(self.tops, self.inherited)

    def takes(self, module: Module, node: ast.Attribute) -> bool:
        """Tell whether the loop's thread can do what *node*, part of code that other threads run, asks for."""
        around = Surroundings(module)
        call = around.parents.get(node)
        statement = around.parents.get(call) if call is not None else None
        receiver = dotted_name(node.value)
        if node.attr not in self.names or receiver is None or not isinstance(call, ast.Call):
            return False
        if call.func is not node or not isinstance(statement, ast.Expr) or call.keywords:
            return False
        if any(isinstance(arg, ast.Starred) for arg in call.args) or not self._is_apart(around, node, set()):
            return False
        if not self._is_session(module, around, node):
            return False
        ancestors = list(around.ancestors(node))
        function = next((n for n in ancestors if isinstance(n, ast.FunctionDef)), module.source.tree)
        if self.delays.are_noticed(function, ancestors, statement):
            return False
        call_soon = self._note_asked(module, around, node, receiver)
        if not call_soon:
            return False
        given = ", ".join([f"{receiver}.{node.attr}", *(module.source.segment(arg) for arg in call.args)])
        place = Place(str(module.path), module.source.span(statement))
        self.replaced[place] = Replacement(place, f"{call_soon}({given})")
        self._keep(module, node, call)
        return True

    def _note_asked(self, module: Module, around: Surroundings, node: ast.Attribute, receiver: str) -> str:
        """Note whether a session or the listener is asked; return what to call then, if that is known."""
        in_own_loop, in_shared_loop = f"{receiver}.{self.loop}.call_soon_threadsafe", f"{receiver}.{self.call}"
        if self.listener is None:
            self.asks_sessions = True
            return in_own_loop if self.is_client else in_shared_loop
        classes = self._classes_of(module, around, node)
        if classes is None and node.attr != "close" and not self.listener.overrides(node.attr):
            classes = frozenset(self.members - self.listener.names)  # which alone have such a method
        if classes is None or not (classes <= self.listener.names or classes.isdisjoint(self.listener.names)):
            return ""
        is_listener = classes <= self.listener.names
        if node.attr == "close" and not (is_listener and self._comes_last(around, node)):
            return ""  # which drops what a session has not sent
        self.asks_listener = self.asks_listener or is_listener
        self.asks_sessions = self.asks_sessions or not is_listener
        return in_own_loop if is_listener else in_shared_loop

    @staticmethod
    def _comes_last(around: Surroundings, node: ast.Attribute) -> bool:
        """Tell whether a call is the last thing that a function does: nobody can tell that it is made later."""
        statement = around.statement(node)
        function = around.parents[statement]
        return isinstance(function, ast.FunctionDef) and function.body[-1] is statement

    def _classes_of(self, module: Module, around: Surroundings, node: ast.Attribute) -> frozenset[str] | None:
        """Return the classes of what *node* is asked of, None if they are not known."""
        ancestors = around.ancestors(node)
        holder = next((n for n in ancestors if isinstance(n, ast.ClassDef)), None)
        functions = [n for n in ancestors if isinstance(n, FUNCTIONS)]
        entry = self.project.entries.get(id(holder))
        return Inference(self.project, module, functions[-1] if functions else None, entry).classes_of(node.value)

    def _is_session(self, module: Module, around: Surroundings, node: ast.Attribute) -> bool:
        """Tell whether *node* is asked of a session, by what is known of it or else by its name."""
        ancestors = around.ancestors(node)
        holder = next((n for n in ancestors if isinstance(n, ast.ClassDef)), None)
        entry = self.project.entries.get(id(holder))
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return entry is not None and entry.qualname in self.members
        classes = self._classes_of(module, around, node)
        is_theirs = node.attr not in _COMMON and node.attr not in self.shared
        return is_theirs if classes is None else classes <= self.members

    def _is_apart(self, around: Surroundings, node: ast.AST, seen: set[str]) -> bool:
        """Tell whether the function around *node* never runs in the loop's thread, where the call would come late.

        Whatever names it has to start a thread with it, or to be a function that is apart itself.
        """
        functions = [n for n in around.ancestors(node) if isinstance(n, (ast.FunctionDef, ast.Lambda))]
        if not functions:
            call = around.parents.get(node)
            return isinstance(call, ast.Call) and call.func is node  # before there is a session
        outer = functions[-1]
        name = getattr(outer, "name", "")
        holder = around.parents[outer]
        entry = self.project.entries.get(id(holder))
        if name == "run" and entry is not None and entry.is_thread and not entry.root:
            return self._is_thread(entry)
        if not name or len(functions) > 1 or name in seen:
            return bool(name in seen)
        mentions = 0
        for module in self.project.modules.values():
            others = Surroundings(module)
            for mention in walk(module.source.tree):
                is_name = isinstance(mention, ast.Name) and mention.id == name
                is_attribute = isinstance(mention, ast.Attribute) and mention.attr == name
                mentions += is_name or is_attribute
                if not (is_name or is_attribute) or self._starts_thread(module, others, mention):
                    continue
                if not self._is_apart(others, mention, seen | {name}):
                    return False
        return mentions > 0  # else somebody finds it by its name: asyncore, for one

    def _is_thread(self, entry: ClassEntry) -> bool:
        """Tell whether a class is one of threads, whose run() nothing else calls."""
        calls = (
            node
            for module in self.project.modules.values()
            for node in walk(module.source.tree, ast.Call)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "run"
            if dotted_name(node.func.value) not in ("subprocess", "asyncio", "super()")
        )
        return entry.is_thread and (not any(calls) or is_only_started(self.project, entry))

    def _starts_thread(self, module: Module, around: Surroundings, node: ast.AST) -> bool:
        """Tell whether *node* is what a thread is started with."""
        parent = around.parents[node]
        call = around.parents.get(parent) if isinstance(parent, ast.keyword) else parent
        if not isinstance(call, ast.Call) or call.func is node:
            return False
        return self.project.resolve_node(module, call.func) in ("threading.Thread", "threading.Timer")

    def takes_timer(self, module: Module, call: ast.Call) -> bool:
        """Tell the same of `threading.Timer(seconds, session.push, [data])`."""
        function = call.args[1] if len(call.args) in (2, 3) and not call.keywords else None
        given = call.args[2] if len(call.args) == 3 else ast.List([], ast.Load())
        if not isinstance(function, ast.Attribute) or not isinstance(given, (ast.List, ast.Tuple)):
            return False
        receiver = dotted_name(function.value)
        if function.attr not in self.names or receiver is None:
            return False
        around = Surroundings(module)
        if not self._is_session(module, around, function):
            return False
        if any(isinstance(arg, ast.Starred) for arg in given.elts):
            return False
        text = self._note_asked(module, around, function, receiver)
        if not text:
            return False
        listed = [f"{receiver}.{function.attr}", *(module.source.segment(arg) for arg in given.elts)]
        place = Place(str(module.path), module.source.span(function))
        args = f"[{', '.join(listed)}]"
        if len(call.args) == 3:
            self.expressions.append(Replacement(place, text))
            self.expressions.append(Replacement(Place(place.path, module.source.span(given)), args))
        else:
            self.arguments.append(Replacement(place, f"{text}, {args}"))
        self._keep(module, function, call)
        return True

    def __bool__(self) -> bool:
        return bool(self.replaced or self.expressions or self.arguments)

    def _keep(self, module: Module, node: ast.Attribute, call: ast.Call) -> None:
        span = module.source.span
        place = Place(str(module.path), span(node))
        self.uses.append(OutsideUse(node.attr, place, span(call), stored=False, receivers=None))
