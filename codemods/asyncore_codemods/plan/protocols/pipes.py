"""Decide how a file_dispatcher that reads becomes a protocol of asyncio, or why it does not.

asyncio reads from pipes, sockets and terminals; asyncore's select() took regular files as well, which are always
ready. That is the difference called PIPE.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.hierarchies import reaches_removed_class
from asyncore_codemods.analyse.input.raw import RawInput, read_raw_input
from asyncore_codemods.analyse.lifetime.endings import EndingFacts, read_endings
from asyncore_codemods.analyse.lifetime.log_output import log_output
from asyncore_codemods.analyse.lifetime.spare import spare_parameter
from asyncore_codemods.analyse.values.syntax import self_attribute
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Replacement
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.description import PipeDescription
from asyncore_codemods.plan.members import Overrides, check_members, class_place
from asyncore_codemods.plan.protocols.files import NUMBERS, is_on_disk, known_kind, replaced
from asyncore_codemods.plan.protocols.protocols import FINISHED, RECEIVE, ProtocolPlanner
from asyncore_codemods.plan.sessions.describe import is_inherited
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.modules import Module
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.sessions import Reason
    from asyncore_codemods.model.uses import Argument, Use
    from asyncore_codemods.plan.changes import Changes

OVERRIDES = Overrides(
    own=frozenset({"__init__", "handle_read", "handle_close", "handle_error", "close"}),
    never_called=frozenset({"handle_connect"}),
    trivial={
        "handle_connect": ("pass",),
        "handle_expt": ("pass", "close"),
        "handle_accept": ("pass",),
        "handle_write": ("pass",),
        "handle_close": ("close",),
        "readable": ("true", "inherited"),
        "writable": ("false",),
    },
)


@dataclass
class PipePlan:
    """A class that can be rewritten: what to write, and what to change on the way."""

    hierarchy: Hierarchy
    description: PipeDescription
    changes: Changes


def plan_pipe(hierarchy: Hierarchy, outside: list[OutsideUse], modules: list[Module]) -> PipePlan | list[Reason]:
    """Return the plan for *hierarchy*, which may be made in any of *modules*, or every reason against it."""
    return PipePlanner(hierarchy, outside, modules).plan()


class PipePlanner(ProtocolPlanner):
    """Plans one hierarchy that reads from a pipe, with recv()."""

    wanted = "a pipe or standard input"

    def __init__(self, hierarchy: Hierarchy, outside: list[OutsideUse], modules: list[Module]) -> None:
        super().__init__(hierarchy, outside)
        self.modules = modules
        self.own: set[str] = set()  # what the author has named
        self.is_on_disk = False  # what it is given, as far as that is known

    def plan(self) -> PipePlan | list[Reason]:
        """Return the plan, or the reasons."""
        top = self.hierarchy.top
        self.reasons += check_members(self.hierarchy, OVERRIDES, self.changes)
        gathering = read_raw_input(self.hierarchy, self.outside)
        endings = read_endings(self.hierarchy, may_raise=False)
        self.reasons += endings if isinstance(endings, list) else []
        if not isinstance(gathering, RawInput):
            return [*self.reasons, gathering]
        if isinstance(endings, list):
            return self.reasons
        self.reasons += [gathering.goes_on] if gathering.goes_on is not None else []
        self.reasons += [gathering.swaps] if gathering.swaps is not None else []
        if gathering.measures:
            self._reason(Code.FILE_DISPATCHER, "works out how much it reads each time", class_place(top))
        if gathering.first:
            message = "handle_read() does something before recv(), at the end as well"
            self._reason(Code.FILE_DISPATCHER, message, class_place(top))
        self._check_writable()
        description = self._describe(endings, {"data_received", "eof_received"})
        description.size, description.at_end = gathering.size, gathering.at_end
        description.adds_up = _adds_up(self.hierarchy)
        self.changes.remove(gathering.removed)
        self.changes.replace(gathering.replaced)
        self.changes.unwrap(gathering.unwrapped)
        for definition in self.hierarchy.methods.get("handle_read", ()):
            place = definition.place(definition.function)
            text = f"{definition.self_name}, {gathering.parameter}"
            self.changes.of(place.path).parameters[place.span] = text
        self._change_uses(description, endings)
        if self.reasons:
            return self.reasons
        self._change_bases()
        return PipePlan(self.hierarchy, description, self.changes)

    def known(self, node: ast.expr, module: Module) -> str:
        """Return what an expression is, "" if that is not known."""
        self.is_on_disk = self.is_on_disk or is_on_disk(node, module)
        return known_kind(node, module)

    def _describe(self, endings: EndingFacts, called: set[str]) -> PipeDescription:
        """Return what all have in common that read, with names that are free; asyncio calls those *called*."""
        top = self.hierarchy.top
        if endings.reports:
            self._reason(Code.HANDLE_ERROR, "calls handle_error() itself", class_place(top))
        self._check_outside()
        description = PipeDescription(top.name, class_place(top))
        self.own = own = self._own_names(Code.FILE_DISPATCHER, called)
        description.serve = next(n for n in ("read_forever", "read_on", "read_pipe") if n not in own)
        description.file = next(n for n in ("file", "pipe", "watched_file") if n not in own)
        description.finished = next(n for n in FINISHED if n not in own)
        description.receive = next(n for n in RECEIVE if n not in own)
        description.can_run = not own & {"run", "closed"}
        description.may_end_early = self._may_end_early()
        for name in ("handle_close", "handle_error"):
            if is_inherited(self.hierarchy, name):
                message = f"overrides {name}() in a subclass, while others inherit it"
                self._reason(Code.HIERARCHY, message, class_place(top))
        description.handles_error = endings.overrides_handle_error
        description.shows = bool(log_output(self.hierarchy.project).statements)
        description.handles_close = endings.overrides_handle_close
        return description

    def _check_writable(self) -> None:
        if not self.hierarchy.overrides("writable"):
            message = "is always writable, which asyncore tells it again and again"
            self._reason(Code.FILE_DISPATCHER, message, class_place(self.hierarchy.top))

    def _check_outside(self) -> None:
        inherited = legacy.inherited_names(self.hierarchy.root) - {"close"} - set(self.hierarchy.methods)
        for use in self.outside:
            if use.may_be(self.hierarchy.names) and use.name in inherited and use.receivers:
                self._reason(Code.EXTERNAL_USE, f"its {use.name} is used from outside", use.place)

    def _change_uses(self, description: PipeDescription, endings: EndingFacts) -> None:
        opened = False
        for entry, use in self.hierarchy.uses():
            place = self.hierarchy.place(entry, use)
            if any(span.contains(use.span) for span in self.changes.of(place.path).removed):
                continue
            if use.name == "__init__":
                opened = self._open(description, entry, use, place) or opened
            elif use.name in ("close", "handle_close", "handle_error"):
                self._change_ending(use, place, endings)
            elif not self._is_understood(use):
                self._change_other(use, place)
        if not opened and not self.reasons and not self._inherits_constructor(description):
            message = self._not_known("is given")
            self._reason(Code.FILE_DISPATCHER, message, class_place(self.hierarchy.top))

    def _not_known(self, verb: str) -> str:
        """Return what speaks against the file that a constructor gets."""
        if self.is_on_disk:
            return f"{verb} a file on disk, for which no event loop need wait"
        return f"{verb} what is not known to be {self.wanted}"

    def _is_understood(self, use: Use) -> bool:
        """Tell whether a use has been dealt with: the recv() with which handle_read() begins."""
        return use.name == "recv" and use.method == "handle_read"

    def _open(self, description: PipeDescription, entry: ClassEntry, use: Use, place: Place) -> bool:
        """Have the constructor keep a file of its own, as file_dispatcher's does; return whether it can."""
        if use.kind is not Kind.BASE_CALL or not reaches_removed_class(entry, use):
            return False
        given = self._given(entry, place.path, use)
        kind = self._kind_of(entry, given[0].text) if len(given) == 1 and use.alone else ""
        if not kind:
            self._reason(Code.FILE_DISPATCHER, self._not_known("watches"), place)
            return False
        if kind not in ("pipe", "end of a pipe"):
            description.differences = [Code.PIPE]
        own = self.hierarchy.facts[entry.qualname].methods[use.method].self_name
        text = self._opening(description, own, given[0].text, kind)
        self.changes.of(place.path).statements[use.statement] = text
        self.changes.of(place.path).imports.add("os")
        description.opened.append(Place(place.path, use.statement))
        return True

    def _given(self, entry: ClassEntry, path: str, use: Use) -> list[Argument]:
        """Return what a constructor gives to file_dispatcher's, but for a map that it is never given itself."""
        given = self.hierarchy.handed_on(path, use)
        spare = spare_parameter(self.hierarchy, entry, given[1].text) if len(given) > 1 else None
        if spare is None:
            return given
        self.changes.resize([Replacement(spare, "")])
        return given[:1]

    @staticmethod
    def _opening(description: PipeDescription, own: str, given: str, kind: str) -> str:
        """Return what opens the file that is *given*, of some *kind*, anew."""
        number = given if kind in NUMBERS else f"{given}.fileno()"
        return f'{own}.{description.file} = os.fdopen(os.dup({number}), "rb", buffering=0)'

    def _inherits_constructor(self, description: PipeDescription) -> bool:
        """Have a class without a constructor take a file as file_dispatcher's does; return whether it can."""
        top = self.hierarchy.top
        if "__init__" in self.hierarchy.methods or self.hierarchy.members != [top]:
            return False
        kind = self._kind_given(0, "fd", "fd")
        if not kind:
            return False
        description.differences = [Code.PIPE] if kind not in ("pipe", "end of a pipe") else []
        given = "fd" if kind in NUMBERS else "file"
        opening = self._opening(description, "self", given, kind).splitlines()
        description.constructor = [f"def __init__(self, {given}):", *(f"    {line}" for line in opening)]
        self.changes.of(str(top.module.path)).imports.add("os")
        return True

    def _may_end_early(self) -> bool:
        """Tell whether others may call what closes it, so that this can happen before it reads."""
        called = {use.name for use in self.outside if use.may_be(self.hierarchy.names)} | {"__init__"}
        return "close" in called or any(
            self_attribute(node, definition.self_name) in ("close", "handle_close")
            for definition in self.hierarchy.reachable(*called & {*self.hierarchy.methods})
            for node in walk(definition.function)
        )

    def _kind_of(self, entry: ClassEntry, text: str) -> str:
        """Return whether an expression of the constructor is a file or a number, "" if that is not known."""
        init = next(d for d in self.hierarchy.methods["__init__"] if d.entry is entry)
        names = [arg.arg for arg in init.function.args.args[1:]]
        expression = ast.parse(text, mode="eval").body
        used = {node.id for node in walk(expression, ast.Name)} & {*names}
        if not used:
            return self.known(expression, entry.module)
        return self._kind_given(names.index(min(used)), min(used), text) if len(used) == 1 else ""

    def _kind_given(self, index: int, name: str, text: str) -> str:
        """Return the kind of *text* with what all who make one give it at *index*, or by *name*."""
        kinds = set()
        for module in self.modules:
            for node in walk(module.source.tree, ast.Call):
                found = self.hierarchy.project.class_named(module, node.func)
                if found is None or found.qualname not in self.hierarchy.names:
                    continue
                given = node.args[index] if index < len(node.args) else None
                given = given or next((k.value for k in node.keywords if k.arg == name), None)
                kinds.add(self.known(replaced(text, name, given), module) if given is not None else "")
        return kinds.pop() if len(kinds) == 1 else ""


def _adds_up(hierarchy: Hierarchy) -> bool:
    """Tell whether what comes is only added to a buffer first, so that it matters not in which pieces it comes."""
    return all(
        any(
            isinstance(node, ast.AugAssign) and isinstance(node.value, ast.Call) and ".recv(" in ast.unparse(node)
            for node in definition.function.body
        )
        for definition in hierarchy.methods.get("handle_read", ())
    )
