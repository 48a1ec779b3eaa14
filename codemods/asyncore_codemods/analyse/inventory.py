"""Describe every class of a project: the inventory that reports are made of."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.mentions import Mentions
from asyncore_codemods.analyse.families.references import read_references
from asyncore_codemods.analyse.families.tricks import read_tricks
from asyncore_codemods.analyse.families.views import ClassView, view_of
from asyncore_codemods.analyse.looping.loop_calls import LOOPS, read_loop_calls
from asyncore_codemods.idioms import IDIOMS, read_idioms
from asyncore_codemods.idioms.events import predicate_shape
from asyncore_codemods.idioms.inputs import is_count, terminators
from asyncore_codemods.idioms.sockets import socket_uses
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.model.inventory import (
    ClassModel,
    FrameKind,
    ImportModel,
    Inventory,
    Named,
    OutsideCall,
    Role,
    Where,
)
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import ClassEntry, Project

_INTERNALS = (
    *("producer_fifo", "ac_in_buffer", "ac_out_buffer", "incoming", "out_buffer", "_map", "_fileno"),
    *("initiate_send", "refill_buffer", "discard_buffers", "add_channel", "del_channel"),
    *("handle_read_event", "handle_write_event", "handle_connect_event", "handle_expt_event"),
)
_TIMERS = ("time.time", "time.monotonic", "threading.Timer", "sched.*", "signal.alarm", "signal.setitimer")
_THREADS = ("threading.*", "thread.*", "_thread.*", "multiprocessing.*", "concurrent.*", "queue.*", "Queue.*")


def read_inventory(project: Project) -> Inventory:
    """Return the description of everything found in the editable files of *project*."""
    entries = [entry for entry in project.classes.values() if entry.module.editable and _is_ours(entry)]
    views = {entry.qualname: view_of(project, entry) for entry in project.classes.values() if _is_ours(entry)}
    mentions = Mentions(project)
    inventory = Inventory([_describe(views[entry.qualname], views, mentions) for entry in entries])
    inventory.classes.sort(key=lambda model: (model.where.path, model.where.line))
    editable = [module for module in project.modules.values() if module.editable]
    for module in editable:
        inventory.loops += read_loop_calls(project, module)
        inventory.tricks += read_tricks(project, module)
        inventory.imports += _imports(module)
    inventory.uses = [
        OutsideCall(use.name, Where(use.place.path, use.place.span.line), use.scope)
        for use in read_references(project, editable).uses
        if use.name not in LOOPS
    ]
    return inventory


def _imports(module: Module) -> Iterator[ImportModel]:
    for node in walk(module.source.tree, (ast.Import, ast.ImportFrom)):
        base = "" if isinstance(node, ast.Import) or node.level else f"{node.module}."
        for alias in node.names:
            if (base or alias.name).partition(".")[0] in legacy.MODULES and not getattr(node, "level", 0):
                form = "module" if not base else "star" if alias.name == "*" else "name"
                where = Where(str(module.path), node.lineno)
                yield ImportModel(f"{base}{alias.name}", form, where, node not in module.source.tree.body)


def _is_ours(entry: ClassEntry) -> bool:
    return bool(entry.root) or is_producer(entry)


def is_producer(entry: ClassEntry) -> bool:
    """Tell whether a class that is no dispatcher has what async_chat asks of a producer: more(self)."""
    return any(
        isinstance(statement, ast.FunctionDef) and statement.name == "more" and len(statement.args.args) == 1
        for statement in entry.node.body
    )


def _describe(view: ClassView, views: dict[str, ClassView], mentions: Mentions) -> ClassModel:
    entry = view.entry
    family = [views[one.qualname] for one in entry.lineage() if one.qualname in views]
    names = [Named(name, line, IDIOMS[name].summary) for name, line in read_idioms(view)]
    path = str(entry.module.path)
    inherited = legacy.inherited_names(view.root) if view.root else frozenset()
    model = ClassModel(
        name=entry.name,
        qualname=entry.qualname,
        where=Where(path, entry.node.lineno),
        end_line=entry.node.end_lineno or entry.node.lineno,
        root=view.root,
        bases=list(entry.bases),
        family=_top(entry).qualname,
        depth=_depth(entry),
        is_local=entry.is_local,
        role=_role(view, family),
        framing=_framing(view, family),
        terminators=[Named(ast.unparse(node), node.lineno) for node in terminators(view)],
        input=[one.name for one in names if one.name.startswith(("input.", "read."))],
        output=[one.name for one in names if one.name.startswith(("output.", "write."))],
        overrides=[
            Named(name, function.lineno, predicate_shape(function) if name in ("readable", "writable") else "")
            for name, function in view.methods.items()
            if name in inherited or name.startswith("smtp_")
        ],
        socket=[Named(name, getattr(node, "lineno", 0)) for name, node in socket_uses(view)],
        internals=[Named(use.name, use.node.lineno) for use in view.using(*_INTERNALS)],
        threads=[Named(ast.unparse(call.func), call.lineno) for call in view.calls_of(*_THREADS)],
        timers=[Named(ast.unparse(call.func), call.lineno) for call in view.calls_of(*_TIMERS)],
        idioms=names,
    )
    model.constructed = mentions.constructed(entry)
    model.called = mentions.called(view)
    model.outside_terminators = [call for call in model.called if call.name in ("set_terminator", "terminator")]
    return model


def _top(entry: ClassEntry) -> ClassEntry:
    return next((one for one in entry.lineage() if not any(p.root for p in one.parents)), entry)


def _depth(entry: ClassEntry) -> int:
    parents = [parent for parent in entry.parents if parent.root and parent is not entry]
    seen = {entry.qualname}
    depth = 1
    while parents:
        depth += 1
        names = {parent.qualname for parent in parents}
        if names <= seen:
            break
        seen |= names
        parents = [above for parent in parents for above in parent.parents if above.root]
    return depth


def _role(view: ClassView, family: list[ClassView]) -> Role:
    if not view.root:
        return Role.PRODUCER
    if view.root == legacy.FILE_DISPATCHER:
        return Role.FILE
    if view.root == legacy.SMTP_CHANNEL:
        return Role.SMTP_CHANNEL
    if view.root.startswith("smtpd."):
        return Role.SMTP_SERVER
    if any(any(one.calls("listen")) or _accepts(one) for one in family):
        return Role.LISTENER
    if any("SOCK_DGRAM" in ast.unparse(c) for one in family for c in one.calls("create_socket")):
        return Role.DATAGRAM
    if any(_reads_datagrams(one) for one in family):
        return Role.DATAGRAM
    if any(any(one.calls("connect", "create_socket")) for one in family):
        return Role.CLIENT
    return Role.SESSION


def _accepts(view: ClassView) -> bool:
    return "handle_accepted" in view.methods or any(view.calls("accept"))


def _reads_datagrams(view: ClassView) -> bool:
    return any(use.call and use.name in ("recvfrom", "sendto") for use in view.uses) or any(
        name in ("recvfrom", "sendto") for name, _ in socket_uses(view)
    )


def _framing(view: ClassView, family: Iterable[ClassView]) -> FrameKind:
    if not view.is_chat:
        return FrameKind.NONE
    found = [node for one in family for node in terminators(one)]
    counts = [node for node in found if is_count(node) and not _is_nothing(node)]
    nothings = [node for node in found if _is_nothing(node)]
    delimiters = [node for node in found if node not in counts and node not in nothings]
    if view.root == legacy.SMTP_CHANNEL and not found:
        return FrameKind.CHANGING  # lines, and the end of a message
    if not found or (nothings and not counts and not delimiters):
        return FrameKind.NONE
    if counts and not delimiters and not nothings:
        return FrameKind.COUNTED
    if len({ast.unparse(node) for node in delimiters}) > 1 or counts or nothings:
        return FrameKind.CHANGING
    return FrameKind.CONSTANT if _is_known(view, delimiters[0]) else FrameKind.COMPUTED


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _is_known(view: ClassView, node: ast.expr) -> bool:
    """Tell whether a terminator is a literal, or a constant of the module or the class."""
    if isinstance(node, ast.Name):
        return node.id in view.module.assigned or node.id in view.module.bindings
    if isinstance(node, ast.Attribute):
        head = (dotted_name(node) or "").partition(".")[0]
        return view.attribute(node.attr) is not None or head in view.module.bindings
    if isinstance(node, ast.Call):  # "\r\n".encode(), bytes("\n", "ascii"), CRLF.encode()
        parts = [*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
        return bool(parts) and all(_is_known(view, part) for part in parts)
    if isinstance(node, ast.BinOp):
        return _is_known(view, node.left) and _is_known(view, node.right)
    return isinstance(node, ast.Constant)
