"""Decide how a hierarchy of async_chat sessions becomes streams code, or why it does not."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

from asyncore_codemods import legacy
from asyncore_codemods.analyse.buffering import read_input, read_pieces
from asyncore_codemods.analyse.construction import ConstructionFacts, read_construction
from asyncore_codemods.analyse.effects import is_quiet, pushes_after_close
from asyncore_codemods.analyse.endings import EndingFacts, read_endings
from asyncore_codemods.analyse.framing import read_framing
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import (
    Delivery,
    Framing,
    FramingFacts,
    InputIdiom,
    Reason,
    Replacement,
)
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.description import Ending, SessionDescription
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.hierarchies import Hierarchy
    from asyncore_codemods.analyse.outside import OutsideUse
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Method, Use

# Overrides that change nothing, by what their body amounts to.
_TRIVIAL = {
    "handle_connect": ("pass",),
    "handle_expt": ("pass", "close"),
    "handle_accept": ("pass",),
    "readable": ("true",),
    "log": (),
}
_OWN = {"__init__", "collect_incoming_data", "found_terminator", "handle_close", "handle_error", "close", "push"}
_DATA = frozenset({"debug", "connected", "accepting", "connecting", "closing", "addr", "socket", "terminator"})
_SIZES = ("ac_in_buffer_size", "ac_out_buffer_size")
_SOCKET_QUESTIONS = {"getpeername": "peername", "getsockname": "sockname"}
_SOCKET_OPTIONS = ("setsockopt", "getsockopt", "fileno")
_METHODS = ("push", "close_when_done", "close")


@dataclass
class SessionPlan:
    """A hierarchy that can be rewritten: what to write, and what to change on the way."""

    hierarchy: Hierarchy
    description: SessionDescription
    construction: ConstructionFacts
    changes: Changes


@dataclass
class _Parts:
    framing: FramingFacts
    gathering: InputIdiom
    endings: EndingFacts
    construction: ConstructionFacts


@dataclass
class _Needs:
    """What the rest of the program asks of a session."""

    methods: set[str] = field(default_factory=set)
    address: bool = False
    flag: bool = False
    hook_called: bool = False
    reasons: list[Reason] = field(default_factory=list)


def plan_session(
    hierarchy: Hierarchy, outside: list[OutsideUse], *, interruptible: bool
) -> Union[SessionPlan, list[Reason]]:
    """Return the plan for *hierarchy*, or every reason against it.

    *interruptible* says that the program goes on after Ctrl-C, so that hooks must not run when it is cancelled.
    """
    return _Planner(hierarchy, outside, interruptible=interruptible).plan()


class _Planner:
    def __init__(self, hierarchy: Hierarchy, outside: list[OutsideUse], *, interruptible: bool) -> None:
        self.hierarchy = hierarchy
        self.outside = outside
        self.interruptible = interruptible
        self.reasons: list[Reason] = []
        self.changes = Changes()

    def plan(self) -> Union[SessionPlan, list[Reason]]:
        parts = self._parts()
        self._check_members()
        if parts is None or self.reasons:
            return self.reasons
        needs = self._needs(parts)
        self.reasons += needs.reasons
        description = self._describe(parts, needs)
        self._change_uses(parts, description)
        if self.reasons:
            return self.reasons
        self._change_definitions(parts, description)
        return SessionPlan(self.hierarchy, description, parts.construction, self.changes)

    # -- understanding

    def _parts(self) -> Union[_Parts, None]:
        framing = read_framing(self.hierarchy)
        gathering: Union[InputIdiom, Reason, None] = None
        if isinstance(framing, FramingFacts):
            nothing = framing.framing is Framing.NOTHING
            gathering = read_pieces(self.hierarchy) if nothing else read_input(self.hierarchy)
        endings = read_endings(self.hierarchy)
        construction = read_construction(self.hierarchy)
        for part in (framing, endings, construction):
            if isinstance(part, list):
                self.reasons += part
        if isinstance(gathering, Reason):
            self.reasons.append(gathering)
        if (
            isinstance(framing, FramingFacts)
            and isinstance(gathering, InputIdiom)
            and isinstance(endings, EndingFacts)
            and isinstance(construction, ConstructionFacts)
        ):
            return _Parts(framing, gathering, endings, construction)
        return None

    def _check_members(self) -> None:
        for member in self.hierarchy.members:
            path = str(member.module.path)
            facts = self.hierarchy.facts[member.qualname]
            whole = Place(path, member.module.source.span(member.node))
            if member.is_local:
                self._reason(Code.HIERARCHY, "is defined inside a function", whole)
            if member.node.keywords or member.node.decorator_list:
                self._reason(Code.BASES, "has a metaclass or a class decorator", whole)
            self._check_bases(member, whole)
            for name, method in facts.methods.items():
                self._check_override(path, name, method)
            for attribute in facts.attributes:
                place = Place(path, attribute.statement)
                if attribute.name in _SIZES:
                    self.changes.remove([place])
                elif attribute.name in legacy.inherited_names(self.hierarchy.root) - {
                    "terminator",
                    "addr",
                    "debug",
                }:
                    code = Code.TEXT_MODE if attribute.name in ("use_encoding", "encoding") else Code.INTERNALS
                    self._reason(code, f"sets {attribute.name} in the class body", place)

    def _check_bases(self, member: ClassEntry, whole: Place) -> None:
        understood = 0
        for base in member.bases:
            parent = self.hierarchy.project.class_at(base, member.module)
            if base in legacy.CLASSES or (parent is not None and parent.qualname in self.hierarchy.names):
                understood += 1
            elif base != "object":
                self._reason(Code.BASES, f"has another base class, {base}", whole)
        if understood > 1:
            self._reason(Code.BASES, "has several base classes", whole)

    def _check_override(self, path: str, name: str, method: Method) -> None:
        if name in _OWN or name not in legacy.inherited_names(self.hierarchy.root):
            if method.is_async and name in _OWN:
                self._reason(Code.OVERRIDE, f"{name}() is a coroutine", Place(path, method.span))
            return
        place = Place(path, method.span)
        if method.trivial in _TRIVIAL.get(name, ()):
            self.changes.remove([place])
        elif name in ("readable", "writable"):
            self._reason(Code.PREDICATE, f"overrides {name}()", place)
        elif name in ("log", "log_info"):
            self._reason(Code.LOG_OVERRIDE, f"overrides {name}()", place)
        elif name != "handle_connect":  # an accepted connection never gets there
            self._reason(Code.OVERRIDE, f"overrides {name}()", place)

    def _reason(self, code: Code, message: str, place: Place) -> None:
        self.reasons.append(Reason(code, message, place))

    # -- what others ask of it

    def _needs(self, parts: _Parts) -> _Needs:
        needs = _Needs()
        inherited = legacy.inherited_names(self.hierarchy.root)
        written = {w.name for m in self.hierarchy.members for w in self.hierarchy.facts[m.qualname].writes}
        defined = set(self.hierarchy.methods)
        touched = {parts.gathering.attribute} - {""}
        for use in self.outside:
            if not use.may_be(self.hierarchy.names):
                continue
            if use.name in touched:
                needs.reasons.append(
                    Reason(Code.BUFFER, f"its buffer {use.name} may be read from outside", use.place)
                )
            elif use.name not in inherited or (use.call is not None and use.name in _DATA):
                continue
            elif use.stored and use.name not in ("addr", "debug"):
                needs.reasons.append(
                    Reason(Code.EXTERNAL_USE, f"its {use.name} may be set from outside", use.place)
                )
            elif use.name in _METHODS:
                needs.methods.add(use.name)
            elif use.name == "addr":
                needs.address = True
            elif use.name == "connected":
                needs.flag = True
            elif use.name == "handle_close" and "handle_close" in defined:
                needs.hook_called = True
            elif use.name not in written and not (use.name in defined and use.name not in _OWN):
                needs.reasons.append(
                    Reason(Code.EXTERNAL_USE, f"its {use.name} may be used from outside", use.place)
                )
        return needs

    # -- the description

    def _describe(self, parts: _Parts, needs: _Needs) -> SessionDescription:
        top = self.hierarchy.top
        endings, framing = parts.endings, parts.framing
        closes = bool(endings.hard or endings.soft or endings.hooks_called or needs.hook_called) or bool(
            needs.methods & {"close", "close_when_done"}
        )
        quiet = (
            framing.framing is not Framing.NOTHING
            and not needs.methods
            and not endings.overrides_handle_error
            and not endings.overrides_close
            and not self.hierarchy.overrides("push")
            and is_quiet(self.hierarchy, self.outside)
            and not pushes_after_close(self.hierarchy)
        )
        overridden = endings.overrides_handle_close or endings.overrides_close
        reads_flag = any(use.kind is Kind.READ for _, use in self.hierarchy.uses("connected"))
        flag = (
            needs.flag
            or reads_flag
            or (
                overridden
                and bool(endings.hard or endings.hooks_called or needs.hook_called or "close" in needs.methods)
            )
        )
        description = SessionDescription(
            top.name,
            Place(str(top.module.path), top.module.source.span(top.node)),
            framing.framing,
            framing.terminator,
            parts.gathering.delivery,
            unit="line" if framing.is_lines else "frame",
            may_be_empty=framing.may_be_empty,
            one_shot=framing.one_shot,
            guard_empty=parts.gathering.guard_empty,
            while_open=closes and (quiet or framing.framing is Framing.NOTHING),
            flag=flag,
        )
        description.methods = set(needs.methods) & {"push", "close_when_done", "close"}
        if not quiet and closes and not self.hierarchy.overrides("push"):
            description.methods.add("push")
        if flag and not endings.overrides_close:
            description.methods.add("close")
        description.methods -= set(self.hierarchy.methods)
        self._choose_names(description, parts.construction)
        self._choose_ending(description, endings, quiet=quiet)
        self._choose_output(description, parts, needs)
        return description

    def _choose_names(self, description: SessionDescription, construction: ConstructionFacts) -> None:
        own = set(self.hierarchy.methods) | {
            name
            for member in self.hierarchy.members
            for name in (
                *(write.name for write in self.hierarchy.facts[member.qualname].writes),
                *(attribute.name for attribute in self.hierarchy.facts[member.qualname].attributes),
            )
        }
        for field_name, candidates in (
            ("reader", ("reader", "stream_reader")),
            ("writer", ("writer", "stream_writer")),
            ("run", ("run", "serve", "run_session")),
        ):
            free = [name for name in candidates if name not in own]
            if not free:
                self._reason(Code.CONSTRUCTION, f"already has attributes called {candidates[0]}", description.place)
            setattr(description, field_name, (free or list(candidates))[0])
        taken = construction.names & {"reader", "writer"}
        if taken:
            name = sorted(taken)[0]
            self._reason(Code.CONSTRUCTION, f"uses the name {name} in its constructor", description.place)

    def _choose_ending(self, description: SessionDescription, endings: EndingFacts, *, quiet: bool) -> None:
        writer = f"self.{description.writer}"
        if endings.overrides_handle_close:
            description.hook = "self.handle_close()"
        elif endings.overrides_close or description.flag:
            description.hook = "self.close()"
        else:
            description.hook = f"{writer}.close()"
        if endings.overrides_handle_error:
            description.ending = Ending.HANDLERS
        elif description.hook == f"{writer}.close()":
            description.ending = Ending.CLOSE
        elif quiet and not self.interruptible:
            description.ending = Ending.HOOK_FINALLY
        else:
            description.ending = Ending.HOOK_AFTER

    def _choose_output(self, description: SessionDescription, parts: _Parts, needs: _Needs) -> None:
        pushes = any(True for _ in self.hierarchy.uses("push")) or "push" in needs.methods
        description.drains = pushes
        description.differences = []
        if pushes:
            description.differences += [Code.BACKPRESSURE, Code.FLUSH_ON_EOF]
        if parts.gathering.text_by_frame:
            description.differences.append(Code.TEXT_BY_FRAME)
        collect = self.hierarchy.methods.get("collect_incoming_data", [])
        description.discards = parts.gathering.delivery is Delivery.PIECES and all(
            self.hierarchy.facts[d.entry.qualname].methods["collect_incoming_data"].trivial == "pass"
            for d in collect
        )

    # -- the changes

    def _change_uses(self, parts: _Parts, description: SessionDescription) -> None:
        handled = {
            "__init__", "set_socket", "set_terminator", "get_terminator", "terminator", "close", "close_when_done",
            "handle_close", "handle_error",
        }  # fmt: skip
        for entry, use in self.hierarchy.uses():
            if use.name not in handled:
                self._change_use(entry, use, parts, description)
        self._change_endings(parts.endings, description)
        for entry, use in self.hierarchy.uses("terminator", "get_terminator"):
            if use.name == "get_terminator" and (
                use.call is None or parts.framing.framing in (Framing.CONSTANT, Framing.NOTHING)
            ):
                self._reason(Code.TERMINATOR, "looks at its terminator", self.hierarchy.place(entry, use))
            elif use.name == "terminator" and use.kind is Kind.READ and parts.framing.framing is Framing.CONSTANT:
                if not parts.framing.terminator.endswith(".terminator"):
                    self._reason(Code.TERMINATOR, "looks at its terminator", self.hierarchy.place(entry, use))
            if use.method in ("handle_close", "handle_error", "close") and use.kind is not Kind.WRITE:
                self._reason(
                    Code.TERMINATOR,
                    "looks at what is missing of a counted frame when the connection ends",
                    self.hierarchy.place(entry, use),
                )
        for entry, use in self.hierarchy.uses("set_socket"):
            if use.method != "__init__":
                self._reason(
                    Code.SOCKET, "calls set_socket() outside its constructor", self.hierarchy.place(entry, use)
                )

    def _change_use(self, entry: ClassEntry, use: Use, parts: _Parts, description: SessionDescription) -> None:
        place = self.hierarchy.place(entry, use)
        path = place.path
        own = self.hierarchy.facts[entry.qualname].methods[use.method].self_name
        writer = f"{own}.{description.writer}"
        if use.name == "push":
            self._change_push(entry, use, writer, description)
        elif use.name == "addr":
            if use.kind is Kind.READ and not self._writes("addr"):
                description.keeps_address = True
        elif use.name == "connected" and use.kind is Kind.READ:
            return
        elif use.name == "socket" and use.kind is Kind.READ:
            if use.tail in _SOCKET_QUESTIONS and use.tail_call is not None:
                text = f'{writer}.get_extra_info("{_SOCKET_QUESTIONS[use.tail]}")'
                self.changes.of(path).expressions[use.tail_call] = text
            elif use.tail in _SOCKET_OPTIONS:
                self.changes.of(path).expressions[use.span] = f'{writer}.get_extra_info("socket")'
            else:
                self._reason(Code.SOCKET, f"uses self.socket.{use.tail}" if use.tail else "uses self.socket", place)
        elif use.name in ("log", "log_info") and use.kind is Kind.CALL and use.alone:
            self._change_log(path, use)
        elif use.name in ("debug", "closing") and (use.kind is Kind.WRITE or self._writes(use.name)):
            return
        elif use.name in ("incoming", "_get_data", "_collect_incoming_data"):
            if parts.gathering.attribute != "incoming":
                self._reason(Code.INTERNALS, f"uses self.{use.name}", place)
        elif use.name == "collect_incoming_data" and parts.gathering.delivery is Delivery.KEPT:
            return
        elif use.name == "push_with_producer":
            self._reason(Code.PRODUCER, "sends the output of a producer", place)
        elif use.name in ("create_socket", "connect"):
            self._reason(Code.CLIENT, "connects to a server itself", place)
        elif use.name in _SIZES and use.kind is Kind.WRITE and use.alone:
            self.changes.remove([Place(path, use.statement)])
        else:
            self._reason(Code.INTERNALS, f"uses {use.name}, which only asynchat has", place)

    def _writes(self, name: str) -> bool:
        return any(
            use.kind is Kind.WRITE and use.method == "__init__" for _, use in self.hierarchy.uses(name)
        ) or any(
            attribute.name == name
            for member in self.hierarchy.members
            for attribute in self.hierarchy.facts[member.qualname].attributes
        )

    def _change_push(self, entry: ClassEntry, use: Use, writer: str, description: SessionDescription) -> None:
        place = self.hierarchy.place(entry, use)
        file = self.changes.of(place.path)
        if use.is_call and (len(use.arguments) != 1 or use.arguments[0].starred):
            self._reason(Code.INTERNALS, "calls push() with unusual arguments", place)
        elif use.kind is Kind.BASE_CALL:
            if not use.alone:
                self._reason(Code.INTERNALS, "uses what push() returns", place)
                return
            text = f"{writer}.write({use.arguments[0].text})"
            file.statements[use.statement] = f"if not {writer}.is_closing():\n    {text}"
        elif use.arguments and isinstance(use.arguments[0].constant, str):
            self._reason(Code.TEXT_MODE, "pushes text, which is a TypeError on Python 3", place)
        elif use.kind is Kind.READ:
            description.methods |= {"push"} - set(self.hierarchy.methods)
        elif "push" not in description.methods and not self.hierarchy.overrides("push"):
            file.expressions[use.span] = f"{writer}.write"

    def _change_log(self, path: str, use: Use) -> None:
        kind = use.arguments[1].constant if len(use.arguments) > 1 else "info"
        place = Place(path, use.span)
        if not use.arguments or len(use.arguments) > 2 or (use.name == "log" and len(use.arguments) > 1):
            self._reason(Code.INTERNALS, f"calls {use.name}() with unusual arguments", place)
        elif use.name == "log":
            self.changes.of(path).statements[use.statement] = (
                f'print("log:", {use.arguments[0].text}, file=sys.stderr)'
            )
            self.changes.of(path).imports.add("sys")
        elif kind == "warning":
            self.changes.remove([Place(path, use.statement)])  # log_info() ignores warnings
        elif isinstance(kind, str):
            self.changes.of(path).statements[use.statement] = f'print("{kind}:", {use.arguments[0].text})'
        else:
            self._reason(Code.INTERNALS, "computes the kind of a log_info() message", place)

    def _change_endings(self, endings: EndingFacts, description: SessionDescription) -> None:
        for entry, use in endings.soft:
            if "close_when_done" not in description.methods:
                self._call(entry, use, f".{description.writer}.close")
        keeps_close = "close" in description.methods or endings.overrides_close
        for entry, use in endings.in_hooks:
            if use.name == "handle_close" and not endings.overrides_handle_close:
                self._call(entry, use, ".close" if keeps_close else f".{description.writer}.close")
            elif use.name == "close" and not keeps_close:
                self._call(entry, use, f".{description.writer}.close")
        for entry, use in [*endings.hard, *endings.hooks_called]:
            if use.name == "handle_close" and endings.overrides_handle_close:
                continue
            if keeps_close:
                if use.name == "handle_close":
                    self._call(entry, use, ".close")
            else:
                self._call(entry, use, f".{description.writer}.transport.abort")
        for entry, use in endings.base:
            self._change_base_call(entry, use, endings, description, keeps_close=keeps_close)

    def _call(self, entry: ClassEntry, use: Use, attribute: str) -> None:
        own = self.hierarchy.facts[entry.qualname].methods[use.method].self_name
        self.changes.of(str(entry.module.path)).expressions[use.span] = own + attribute

    def _change_base_call(
        self,
        entry: ClassEntry,
        use: Use,
        endings: EndingFacts,
        description: SessionDescription,
        *,
        keeps_close: bool,
    ) -> None:
        """`async_chat.close(self)`, `super().handle_close()`, `dispatcher.handle_error(self)`."""
        own = self.hierarchy.facts[entry.qualname].methods[use.method].self_name
        file = self.changes.of(str(entry.module.path))
        if not use.alone or use.arguments:
            self._reason(Code.INTERNALS, f"uses what {use.name}() returns", self.hierarchy.place(entry, use))
            return
        abort = f"{own}.{description.writer}.transport.abort()"
        close = f"{own}.close()" if keeps_close else f"{own}.{description.writer}.close()"
        if use.name == "close":
            if use.method != "close" or not endings.overrides_close:
                lines = [close if not endings.overrides_close else abort]
            else:
                lines = [abort]
            if description.flag and endings.overrides_close:
                lines.insert(0, f"{own}.connected = False")
        elif use.name == "handle_close":
            lines = [close]
        elif use.name == "handle_error":
            lines = ["traceback.print_exc()", f"{own}.handle_close()" if endings.overrides_handle_close else close]
            file.imports.add("traceback")
        else:
            self._reason(Code.INTERNALS, f"calls the base class's {use.name}()", self.hierarchy.place(entry, use))
            return
        file.statements[use.statement] = "\n".join(lines)

    def _change_definitions(self, parts: _Parts, description: SessionDescription) -> None:
        changes, framing, gathering = self.changes, parts.framing, parts.gathering
        changes.remove(framing.removed)
        changes.rewrite(framing.assigned)
        changes.replace(framing.read)
        changes.remove(gathering.removed)
        changes.replace(gathering.replaced)
        changes.rewrite(gathering.rewritten)
        if gathering.delivery is Delivery.PARAMETER:
            for definition in self.hierarchy.methods.get("found_terminator", ()):
                place = definition.place(definition.function)
                changes.of(place.path).parameters[place.span] = f"{definition.self_name}, {gathering.parameter}"
        if description.discards:
            self._remove_methods("collect_incoming_data")
        if framing.framing is Framing.NOTHING:
            self._remove_trivial("found_terminator")
        changes.remove(parts.construction.removed)
        changes.replace(parts.construction.replaced)
        changes.resize(parts.construction.arguments)
        changes.resize([Replacement(place, "reader, writer") for place in parts.construction.parameters])
        for member in self.hierarchy.members:
            file = changes.of(str(member.module.path))
            source = member.module.source
            gone = {
                source.span(node)
                for node, base in zip(member.node.bases, member.bases)
                if base in legacy.CLASSES or (base == "object" and len(member.bases) > 1)
            }
            if gone:
                file.bases[source.span(member.node)] = gone
            file.after_class.add(source.span(member.node))

    def _remove_methods(self, name: str) -> None:
        for definition in self.hierarchy.methods.get(name, ()):
            self.changes.remove([definition.place(definition.function)])

    def _remove_trivial(self, name: str) -> None:
        for definition in self.hierarchy.methods.get(name, ()):
            facts = self.hierarchy.facts[definition.entry.qualname]
            if facts.methods[name].trivial == "pass" and isinstance(definition.function, ast.FunctionDef):
                self.changes.remove([definition.place(definition.function)])
