"""Decide how an smtpd.SMTPChannel that adds or changes commands becomes an aiosmtpd session, or why it does not.

A command is a method smtp_VERB() in both worlds: it becomes a coroutine, and what it calls is awaited.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.hierarchies import base_calls, reaches_removed_class
from asyncore_codemods.analyse.mail.mail_servers import ignores_bad_text
from asyncore_codemods.codes import Code
from asyncore_codemods.model.programs import Mention
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import is_stored, walk
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.mail.mail_names import SESSION_ATTRIBUTES
from asyncore_codemods.plan.members import Overrides, check_members, class_place, has_own
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.programs import ClassMention
    from asyncore_codemods.model.uses import Use

# What smtpd kept in the channel, and where aiosmtpd keeps it.
_MOVED = {
    "smtp_server": "event_handler",
    "peer": "session.peer",
    "addr": "session.peer",
    "fqdn": "hostname",
    "seen_greeting": "session.host_name",
    "extended_smtp": "session.extended_smtp",
    "mailfrom": "envelope.mail_from",
    "rcpttos": "envelope.rcpt_tos",
    "mail_options": "envelope.mail_options",
}
_SAME = frozenset(
    {"data_size_limit", "enable_SMTPUTF8", "command_size_limit", "command_size_limits", "debug", "_set_rset_state"}
)
_KNOWN_AT_ONCE = frozenset({"smtp_server", *_SAME})  # in a constructor: there is no session yet
_OWN = frozenset(name for name in legacy.inherited_names(legacy.SMTP_CHANNEL) if name.startswith("smtp_"))


@dataclass
class MailChannelPlan:
    """A class of mail sessions that can be rewritten."""

    hierarchy: Hierarchy
    changes: Changes


def plan_mail_channel(
    hierarchy: Hierarchy, outside: list[OutsideUse], references: References, made: set[Place]
) -> MailChannelPlan | list[Reason]:
    """Return the plan for *hierarchy*, or every reason against it; *made* are calls that its servers answer for."""
    return _Planner(hierarchy, outside, references, made).plan()


def is_command(name: str) -> bool:
    """Tell whether a method of this name is a command."""
    return name.startswith("smtp_") and name != "smtp_server" and name[5:].isupper()


class _Planner:
    def __init__(
        self, hierarchy: Hierarchy, outside: list[OutsideUse], references: References, made: set[Place]
    ) -> None:
        self.hierarchy = hierarchy
        self.made = made
        self.outside = outside
        self.references = references
        self.changes = Changes()
        self.reasons: list[Reason] = []

    def plan(self) -> MailChannelPlan | list[Reason]:
        """Return the plan, or the reasons."""
        own = _OWN - {"smtp_server", "smtp_state"} | {"__init__"}
        if self._drop_guard():
            own |= {"collect_incoming_data"}
        overrides = Overrides(own=own, trivial={})
        self.reasons += check_members(self.hierarchy, overrides, self.changes)
        for definition in self.hierarchy.constructors:
            if not self._change_constructor(definition):
                place = definition.place(definition.function)
                self._reason(Code.SMTPD, "has a constructor, which aiosmtpd would not call like that", place)
        self._check_attributes()
        self._check_mentions()
        for other in self.outside:
            if other.receivers is not None and other.may_be(self.hierarchy.names):
                self._reason(Code.EXTERNAL_USE, f"its {other.name} is used from outside", other.place)
        for definition in self.hierarchy.definitions():
            if is_command(definition.function.name):
                self.changes.make_coroutines([definition.place(definition.function)])
        for entry, use in self.hierarchy.uses():
            if use.name == "__init__" or (use.name == use.method == "collect_incoming_data"):
                continue
            self._change_use(entry, use, self.hierarchy.place(entry, use))
        return self.reasons or MailChannelPlan(self.hierarchy, self.changes)

    def _reason(self, code: Code, message: str, place: Place) -> None:
        self.reasons.append(Reason(code, message, place))

    def _drop_guard(self) -> bool:
        """Take away a collect_incoming_data() that has no fear of bytes that are no text: aiosmtpd has none."""
        guards = self.hierarchy.methods.get("collect_incoming_data", [])
        if not all(ignores_bad_text(self.hierarchy, guard) for guard in guards):
            return False
        self.changes.remove([guard.place(guard.function) for guard in guards])
        return bool(guards)

    def _change_constructor(self, definition: Definition) -> bool:
        """A constructor that hands on what it is given goes on doing so, with what aiosmtpd gives."""
        function, entry = definition.function, definition.entry
        calls = [use for member, use in base_calls(self.hierarchy, "__init__") if member is entry]
        args = function.args
        names = [arg.arg for arg in [*args.posonlyargs, *args.args][1:]]
        names += [arg.arg for arg in (args.vararg, args.kwarg) if arg is not None]
        if len(calls) != 1 or not calls[0].alone or calls[0].method != "__init__" or args.kwonlyargs:
            return False
        call = calls[0]
        given = [a.text for a in call.arguments if not (a.keyword == "decode_data" and a.text == "False")]
        if given != names or any(a.keyword not in (None, a.text, "decode_data") for a in call.arguments):
            return False
        file = self.changes.of(str(entry.module.path))
        span = entry.module.source.span
        for node in walk(function, ast.Name):
            if node.id in names and not call.statement.contains(span(node)):
                if node.id != names[0] or is_stored(node) or span(node) < call.statement:
                    return False
                file.expressions[span(node)] = f"{definition.self_name}.event_handler"
        file.parameters[span(function)] = f"{definition.self_name}, *args, **kwargs"
        file.statements[call.statement] = "super().__init__(*args, **kwargs)"
        return True

    def _check_attributes(self) -> None:
        inherited = legacy.inherited_names(self.hierarchy.root)
        for member in self.hierarchy.members:
            facts = self.hierarchy.facts[member.qualname]
            own = {write.name for write in facts.writes} | {a.name for a in facts.attributes} | set(facts.methods)
            for name in sorted(own & SESSION_ATTRIBUTES):
                self._reason(Code.SMTPD, f"has {name}, as aiosmtpd's own class", class_place(member))
            for attribute in facts.attributes:
                if attribute.name in inherited - _SAME:
                    place = Place(str(member.module.path), attribute.statement)
                    self._reason(Code.SMTPD, f"sets {attribute.name}, which aiosmtpd does not have", place)

    def _check_mentions(self) -> None:
        harmless = (Mention.BASE, Mention.BASE_CALL, Mention.ATTRIBUTE, Mention.CHECKED)
        mentions = [m for name in sorted(self.hierarchy.names) for m in self.references.mentions.get(name, ())]
        for mention in mentions:
            if mention.mention not in harmless and not self._is_server(mention):
                self._reason(Code.CONSTRUCTION, "is made or passed on by hand", mention.place)
        if not any(self._is_server(mention) for mention in mentions):
            message = "is no server's channel_class"
            self._reason(Code.CONSTRUCTION, message, class_place(self.hierarchy.top))

    def _is_server(self, mention: ClassMention) -> bool:
        """Tell whether a server makes its sessions of the class here."""
        stored = mention.mention is Mention.STORED and mention.stored_as == "channel_class"
        return stored or (mention.call is not None and Place(mention.place.path, mention.call) in self.made)

    def _change_use(self, entry: ClassEntry, use: Use, place: Place) -> None:
        file = self.changes.of(place.path)
        own = next(d.self_name for d in self.hierarchy.methods[use.method] if d.entry is entry)
        if use.name in legacy.PRIVATE_NAMES:
            if entry.name.lstrip("_") != "SMTPChannel":
                return  # the author's own
            use = replace(use, name=legacy.PRIVATE_NAMES[use.name])
        if use.name == "log" and use.kind is not Kind.BASE_CALL and has_own(self.hierarchy, "log"):
            return
        if use.method == "__init__" and use.name not in _KNOWN_AT_ONCE:
            self._reason(Code.SMTPD, f"uses {use.name} in its constructor, before aiosmtpd has a session", place)
        elif use.is_call and (use.name == "push" or is_command(use.name)):
            self._await(entry, use, place)
        elif use.name in ("close", "close_when_done") and use.kind is Kind.CALL:
            file.expressions[use.span] = f"{own}.transport.close"
        elif use.name == "seen_greeting" and use.kind is Kind.READ and not self._is_asked(entry, use):
            file.expressions[use.span] = f'({own}.{_MOVED[use.name]} or "")'  # aiosmtpd begins with None
        elif use.name in _MOVED and use.kind in (Kind.READ, Kind.WRITE, Kind.CALL):
            file.expressions[use.span] = f"{own}.{_MOVED[use.name]}"
        elif use.name not in _SAME:
            self._reason(Code.INTERNALS, f"uses {use.name}, which aiosmtpd does not have", place)

    def _is_asked(self, entry: ClassEntry, use: Use) -> bool:
        """Tell whether only the truth of a value matters."""
        function = next(d.function for d in self.hierarchy.methods[use.method] if d.entry is entry)
        span = entry.module.source.span
        for node in walk(function):
            if isinstance(node, (ast.If, ast.While, ast.IfExp)) and span(node.test) == use.span:
                return True
            if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and span(node.operand) == use.span:
                return True
        return False

    def _await(self, entry: ClassEntry, use: Use, place: Place) -> None:
        """push() and the commands are coroutines in aiosmtpd."""
        file = self.changes.of(place.path)
        if not is_command(use.method) or use.deferred or use.call is None:
            self._reason(Code.SMTPD, f"calls {use.name}() outside a command", place)
        elif not use.alone:
            self._reason(Code.SMTPD, f"uses what {use.name}() returns", place)
        elif use.kind is Kind.BASE_CALL and use.through != "super":
            if not reaches_removed_class(entry, use):
                self._reason(Code.SMTPD, f"calls {use.name}() of another class", place)
                return
            texts = ", ".join(f"{a.keyword}={a.text}" if a.keyword else a.text for a in use.arguments)
            file.statements[use.statement] = f"await super().{use.name}({texts})"
        else:
            file.wrapped[use.statement] = ("await ", "")
