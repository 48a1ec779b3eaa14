"""Decide how an smtpd.SMTPServer becomes a server and handler for aiosmtpd, or why it does not.

The class keeps its constructor, which binds as before, and its process_message(); what it inherited is aiosmtpd's
business now. aiosmtpd answers some commands in other words than smtpd did, so that all this is of the unsafe tier.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.hierarchies import reaches_removed_class
from asyncore_codemods.analyse.mail.mail_accepting import Accepting, read_accepting
from asyncore_codemods.analyse.mail.mail_construction import (
    Setup,
    bare_forwards,
    has_use_for_rest,
    numeric_host,
    read_setups,
    read_sites,
    spelt_out,
)
from asyncore_codemods.analyse.mail.mail_noticing import read_noticing
from asyncore_codemods.analyse.mail.mail_servers import (
    MessageFacts,
    read_messages,
    restless_properties,
    taken_hooks,
)
from asyncore_codemods.analyse.usage.error_words import tells_why_not_bound
from asyncore_codemods.analyse.values.syntax import last_name, local_names
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.plan.changes import Changes
from asyncore_codemods.plan.description import MailServerDescription
from asyncore_codemods.plan.looping.loop_sites import taken_names
from asyncore_codemods.plan.mail.mail_locals import may_be_where_it_is
from asyncore_codemods.plan.members import (
    Overrides,
    check_members,
    class_place,
    drop_bases,
    has_own,
    rewrite_log_call,
)
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asyncore_codemods.analyse.families.hierarchies import Definition, Hierarchy
    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.analyse.usage.outside import OutsideUse
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.programs import LoopSite
    from asyncore_codemods.model.uses import Argument, Use

_OVERRIDES = Overrides(
    may_be_local=True,
    own=frozenset({"__init__", "process_message", *legacy.ACCEPTING}),
    never_called=frozenset({"handle_close", "handle_error"}),  # asyncore did, where accept() went wrong
    trivial={
        "handle_connect": ("pass",),
        "handle_close": ("pass", "close"),
        "handle_expt": ("pass", "close"),
        "handle_read": ("pass",),
        "handle_write": ("pass",),
        "readable": ("true",),
        "writable": ("false", "true"),
    },
)
_LIMITS = ("data_size_limit", "enable_SMTPUTF8")  # what aiosmtpd is told under the same names
_KEPT = {"_localaddr": "localaddr", "_remoteaddr": "remoteaddr", "addr": "localaddr"}
SESSION_NAMES = ("SMTP", "SMTPSession", "MailSession")


@dataclass
class MailServerPlan:
    """A mail server that can be rewritten: what to write, and what to change on the way."""

    hierarchy: Hierarchy
    description: MailServerDescription
    changes: Changes
    accepting: Accepting | None = None


def take_notice_apart(plans: Iterable[MailServerPlan]) -> bool:
    """Tell whether mail servers, whose sessions are of one class, differ in what they do on a new connection."""
    return len({plan.description.notices for plan in plans}) > 1


def plan_mail_server(
    hierarchy: Hierarchy,
    outside: list[OutsideUse],
    references: References,
    loops: Sequence[LoopSite],
    *,
    has_threads: bool,
) -> MailServerPlan | list[Reason]:
    """Return the plan for *hierarchy*, or every reason against it; with threads, any of them may call close()."""
    planner = _Planner(hierarchy, outside, references)
    planner.description.is_polled = any(site.polling is not None for site in loops)
    planner.description.waits = any(site.repeats for site in loops)
    planner.description.has_threads = has_threads
    return planner.plan()


class _Planner:
    def __init__(self, hierarchy: Hierarchy, outside: list[OutsideUse], references: References) -> None:
        self.hierarchy = hierarchy
        self.outside = outside
        self.references = references
        self.changes = Changes()
        self.reasons: list[Reason] = []
        self.kept: set[str] = set()  # attributes of SMTPServer that are looked at
        self.closes = False
        self.accepting: Accepting | None = None
        top = hierarchy.top
        self.description = MailServerDescription(top.name, class_place(top))

    def plan(self) -> MailServerPlan | list[Reason]:
        """Return the plan, or the reasons."""
        top = class_place(self.hierarchy.top)
        if self.hierarchy.root not in (legacy.SMTP_SERVER, legacy.DEBUGGING_SERVER):
            kind = self.hierarchy.root.partition(".")[2]
            return [Reason(Code.SMTPD, f"is a {kind}, which hands mail on as aiosmtpd's handlers do not", top)]
        reasons = check_members(self.hierarchy, _OVERRIDES, self.changes)
        self.reasons += [reason for reason in reasons if not self._is_harmless_base(reason)]
        self._check_names()
        self._check_outside()
        self._read_channel()
        self._read_accepting()
        for definition in list(bare_forwards(self.hierarchy)):  # what the class inherits anyway
            self.changes.remove([definition.place(definition.function)])
            self.hierarchy.methods["__init__"].remove(definition)
        setups = read_setups(self.hierarchy)
        if isinstance(setups, Reason):
            return [*self.reasons, setups]
        sites = self._sites(setups)
        if isinstance(sites, Reason):
            return [*self.reasons, sites]
        self._read_uses()
        texts = self._read_text_mode([*setups, *sites])
        messages = read_messages(self.hierarchy, is_text=texts)
        if isinstance(messages, Reason):
            return [*self.reasons, messages]
        self._describe(messages, is_text=texts or messages.is_old)
        self._change_setups(setups, sites)
        if self.reasons:
            return self.reasons
        if not may_be_where_it_is(self.hierarchy, self.description):
            return [Reason(Code.HIERARCHY, "is defined inside a function", top)]
        drop_bases(self.hierarchy, self.changes)
        return MailServerPlan(self.hierarchy, self.description, self.changes, self.accepting)

    def _reason(self, code: Code, message: str, place: Place) -> None:
        self.reasons.append(Reason(code, message, place))

    # -- reading

    def _is_harmless_base(self, reason: Reason) -> bool:
        """A server may be a thread as well, which runs the loop for it."""
        if reason.code is not Code.BASES or not self.description.has_threads:
            return False
        known = {*legacy.CLASSES, *self.hierarchy.names, "object", "threading.Thread"}
        project = self.hierarchy.project
        named = {
            getattr(project.class_at(b, m.module), "qualname", b) for m in self.hierarchy.members for b in m.bases
        }
        plain = not any(m.node.keywords or m.node.decorator_list for m in self.hierarchy.members)
        return plain and named <= known

    def _check_names(self) -> None:
        own = set(self.hierarchy.methods)
        for member in self.hierarchy.members:
            own |= {write.name for write in self.hierarchy.facts[member.qualname].writes}
        for definition in taken_hooks(self.hierarchy):
            name = definition.function.name
            self._reason(
                Code.SMTPD,
                f"has a method {name}(), which aiosmtpd would call",
                definition.place(definition.function),
            )
        for definition in restless_properties(self.hierarchy):
            message = f"has a property, {definition.function.name}, that aiosmtpd would read for every connection"
            self._reason(Code.SMTPD, message, definition.place(definition.function))
        self.description.serve = next(n for n in ("serve_forever", "serve", "serve_mail") if n not in own)
        self.description.stopping = next(n for n in ("stopping", "stop_requested") if n not in own)
        self.description.server = next(n for n in ("server", "asyncio_server", "mail_server") if n not in own)
        tree = self.hierarchy.top.module.source.tree
        free = [name for name in SESSION_NAMES if name not in taken_names(tree, SESSION_NAMES)]
        taken = [*taken_names(tree, ["aiosmtpd"]), *([] if free else SESSION_NAMES)]
        if taken:
            self._reason(Code.SMTPD, f"already has something called {taken[0]}", self.description.place)
        else:
            self.description.session = free[0]

    def _check_outside(self) -> None:
        inherited = legacy.inherited_names(self.hierarchy.root)
        for use in self.outside:
            if not use.may_be(self.hierarchy.names) or use.name not in inherited:
                continue
            if use.name in legacy.ACCEPTING and use.name in self.hierarchy.methods:
                self._reason(Code.EXTERNAL_USE, f"its {use.name} is used from outside", use.place)
            elif use.name == "close":
                self.closes = True
            elif use.name == "accepting" and not use.stored:
                self.kept.add(use.name)  # nothing else has that name
                self.description.accepts = True
            elif use.name in _KEPT or use.name in _LIMITS:
                if use.receivers is not None:
                    self.kept.add(use.name)
            elif use.name != "socket" and use.receivers is not None and use.name not in self.hierarchy.methods:
                self._reason(Code.EXTERNAL_USE, f"its {use.name} is used from outside", use.place)

    def _read_channel(self) -> None:
        """`channel_class = Channel` in a class body says what a session is."""
        for member in self.hierarchy.members:
            for attribute in self.hierarchy.facts[member.qualname].attributes:
                if attribute.name not in legacy.inherited_names(self.hierarchy.root):
                    continue
                place = Place(str(member.module.path), attribute.statement)
                target = self.hierarchy.project.resolve(member.module, attribute.value.text)
                entry = self.hierarchy.project.class_at(target, member.module)
                if attribute.name == "channel_class" and entry is not None and member is self.hierarchy.top:
                    self.description.channel = attribute.value.text
                    self.changes.remove([place])
                else:
                    self._reason(Code.SMTPD, f"sets {attribute.name} in a way that is not understood", place)

    def _read_accepting(self) -> None:
        """A method that accepts, and makes a session of the author's own class, says what channel_class would."""
        for name in legacy.ACCEPTING:
            for definition in self.hierarchy.methods.get(name, ()):
                place = definition.place(definition.function)
                accepting = read_accepting(self.hierarchy, definition)
                is_top = definition.entry is self.hierarchy.top
                alone = is_top and not self.description.channel
                if accepting is None and self._takes_notice(definition, alone=alone):
                    continue
                if accepting is None or not (alone or (is_top and accepting.inherits)):
                    self._reason(
                        Code.SMTPD, f"accepts connections in {name}() in a way that is not understood", place
                    )
                    continue
                self.description.channel = accepting.channel or self.description.channel
                self.accepting = accepting
                self.changes.remove([accepting.place])

    def _takes_notice(self, definition: Definition, *, alone: bool) -> bool:
        """Have a method that accepts, and says something of it, be told by the session; tell if it can be."""
        noticing = read_noticing(self.hierarchy, definition)
        is_top = definition.entry is self.hierarchy.top and not self.description.notices
        if noticing is None or not is_top or not (alone or noticing.inherits):
            return False
        self.description.notices = definition.function.name
        if last_name(noticing.made.func) != "handle_accepted":
            self.description.channel = noticing.channel or self.description.channel
            self.accepting = Accepting(noticing.method, definition.place(noticing.made), noticing.channel)
        self.changes.remove(noticing.removed)
        self.changes.unwrap(noticing.unwrapped)
        text = f"{definition.self_name}, {noticing.address}"
        self.changes.of(noticing.method.path).parameters[noticing.method.span] = text
        return True

    def _sites(self, setups: list[Setup]) -> list[Setup] | Reason:
        """Return the calls that make servers without a constructor of their own, or with one that only forwards."""
        makers = {id(setup.function) for setup in setups if setup.forwards}
        wanted = []
        for member in self.hierarchy.channels:
            own = [d for d in self.hierarchy.constructors if d.entry in member.lineage()]
            if not own or (len(own) == 1 and id(own[0].function) in makers):
                wanted.append(member)
        if any(setup.forwards for setup in setups) and len(setups) > 1:
            return Reason(
                Code.SMTPD, "has several constructors, one of which hands on all it gets", setups[0].place
            )
        self.description.constructs = any(
            not any(d.entry in member.lineage() for d in self.hierarchy.constructors) for member in wanted
        )
        for setup in (one for one in setups if one.has_rest):
            place = has_use_for_rest(self.hierarchy, self.references, setup)
            if place is not None:
                return Reason(Code.SMTPD, "is made with arguments that cannot be told", place)
        return read_sites(self.hierarchy, self.references, wanted, setups)

    def _read_text_mode(self, setups: Sequence[Setup]) -> bool:
        """Return whether mail is decoded, which must be certain."""
        known: set[bool] = set()
        for setup in setups:
            argument = setup.given.get("decode_data")
            if argument is not None and not argument.is_constant:
                self._reason(Code.SMTPD, "computes decode_data", setup.place)
            elif not setup.forwards:
                known.add(bool(argument.constant) if argument is not None else False)
            given_map = setup.given.get("map")
            is_own = given_map is not None and self.hierarchy.is_map(setup.place.path, given_map.span)
            if given_map is not None and given_map.text != "None" and not is_own:
                self._reason(Code.MAP, f"lives in a socket map of its own ({given_map.text})", setup.place)
            remote = setup.given.get("remoteaddr")
            if remote is not None and "(" in remote.text.strip("()"):
                self._reason(Code.SMTPD, "computes remoteaddr, which nothing would do any more", setup.place)
            given = {"data_size_limit", "enable_SMTPUTF8", "decode_data"} & set(setup.given)
            if self.accepting is not None and given:
                message = f"accepts connections itself, and makes sessions without the server's {min(given)}"
                self._reason(Code.SMTPD, message, setup.place)
        if len(known) > 1:
            self._reason(Code.SMTPD, "is made with and without decode_data", self.description.place)
        return known == {True}

    def _read_uses(self) -> None:
        for entry, use in self.hierarchy.uses():
            place = self.hierarchy.place(entry, use)
            if any(span.contains(use.span) for span in self.changes.of(place.path).removed):
                continue
            inherited = legacy.inherited_names(self.hierarchy.root)
            if use.kind is Kind.BASE_CALL and use.name not in inherited:
                continue  # super().start(), of a thread
            if use.name == "__init__" or (use.name == "process_message" and use.kind is Kind.CALL):
                continue
            if use.name == "close" and use.kind is Kind.CALL:
                self.closes = True
            elif use.name in ("addr", "debug", "closing") and use.kind is Kind.WRITE:
                continue
            elif (use.name in _KEPT or use.name in _LIMITS or use.name == "accepting") and use.kind is Kind.READ:
                self.kept.add(use.name)
                self.description.accepts = "accepting" in self.kept
            elif use.name == "socket" and use.kind is Kind.READ:
                if use.tail in ("close", "accept", "shutdown", "recv", "send", "detach"):
                    self._reason(Code.SOCKET, f"calls self.socket.{use.tail}()", place)
            elif use.name == "log" and use.kind is not Kind.BASE_CALL and has_own(self.hierarchy, "log"):
                continue
            elif use.name in ("log", "log_info"):
                reason = rewrite_log_call(place.path, use, self.changes)
                self.reasons += [reason] if reason else []
            elif use.name == "process_message" and use.kind is Kind.BASE_CALL:
                self._change_base_call(entry, use, place)
            else:
                self._reason(Code.INTERNALS, f"uses {use.name}, which only asyncore has", place)

    def _change_base_call(self, entry: ClassEntry, use: Use, place: Place) -> None:
        """DebuggingServer.process_message(self, peer, sender, recipients, data) prints."""
        if not reaches_removed_class(entry, use):
            return
        texts = [argument.text for argument in use.arguments]
        if self.hierarchy.root != legacy.DEBUGGING_SERVER or use.call is None or use.deferred:
            self._reason(Code.INTERNALS, "calls the base class's process_message()", place)
        elif len(texts) < 4 or any(a.starred or a.keyword for a in use.arguments[:4]):
            self._reason(Code.SMTPD, "calls process_message() with arguments that cannot be told", place)
        else:
            options = [f"**{a.text}" if a.starred else f"{a.keyword}={a.text}" for a in use.arguments[4:]]
            text = ", ".join([texts[0], texts[3], *options])
            self.changes.of(place.path).expressions[use.call] = f"print_message({text})"
            self.description.prints_by_call = True

    # -- describing and changing

    def _describe(self, messages: MessageFacts, *, is_text: bool) -> None:
        description = self.description
        description.is_text = is_text
        description.is_old = messages.is_old
        description.options = messages.options
        description.has_status = messages.has_status
        description.closes = self.closes
        if "process_message" not in self.hierarchy.methods:
            if self.hierarchy.root == legacy.DEBUGGING_SERVER:
                description.prints = True
            else:
                self._reason(Code.SMTPD, "has no process_message()", description.place)

    def _change_setups(self, setups: list[Setup], sites: list[Setup]) -> None:
        every = [setup for setup in (*setups, *sites) if not setup.forwards]
        for name in _LIMITS:
            values = {setup.given[name].text if name in setup.given else "" for setup in every}
            constants = all(setup.given[name].is_constant for setup in every if name in setup.given)
            if values == {""} and name not in self.kept:
                continue
            if len(values) == 1 and constants and name not in self.kept:
                self.description.arguments[name] = values.pop()
                continue
            self.kept.add(name)
            self.description.arguments[name] = f"self.{name}"
        parameters = ["localaddr"]
        parameters += [n for n in _LIMITS if any(n in s.given for s in sites) and n in self.kept]
        for name in parameters[1:]:
            self.description.parameters += f", {name}={_DEFAULTS[name]}"
        for setup in setups:
            self.changes.remove(setup.removed)
            self.changes.unwrap(setup.unwrapped)
            if setup.forwards or setup.has_rest:
                self._spell_out(setup)
            if not setup.forwards:
                taken = local_names(setup.function) if isinstance(setup.function, ast.FunctionDef) else set()
                self._write(setup.place, self._lines(setup.given, taken))
        if self.description.constructs:
            self.description.setup = self._lines({}, set())
        for site in sites:
            keywords = [f"{n}={site.given[n].text}" for n in parameters[1:] if n in site.given]
            text = ", ".join([*site.own, site.given["localaddr"].text, *keywords])
            self.changes.of(site.place.path).expressions[site.place.span] = f"{site.name}({text})"

    def _spell_out(self, setup: Setup) -> None:
        """`def __init__(self, *args, **kwargs)` says what it takes."""
        maker = next(d for d in self.hierarchy.constructors if d.function is setup.function)
        texts = spelt_out(maker, f"localaddr{self.description.parameters}" if setup.forwards else "")
        place = maker.place(maker.function)
        self.changes.of(place.path).parameters[place.span] = ", ".join(texts)
        if setup.forwards:
            self._write(setup.place, self._lines({}, local_names(maker.function)))

    def _write(self, place: Place, lines: list[str]) -> None:
        self.changes.of(place.path).statements[place.span] = "\n".join(lines)

    def _lines(self, given: dict[str, Argument], taken: set[str]) -> list[str]:
        """Return what SMTPServer.__init__() did that somebody may notice: bind, listen, and keep some arguments."""
        address = given["localaddr"].text if given else "localaddr"
        lines = []
        if "(" in address.strip("()") or "[" in address or len(address) > _LONG:  # computed: once is enough
            name = "localaddr" if "localaddr" not in taken else "local_address"
            lines.append(f"{name} = {address}")
            address = name
        lines += [f"self.{name} = {self._kept_value(name, given, address)}" for name in sorted(self.kept)]
        if self.closes and self.description.has_threads:
            lines.append(f"self.{self.description.stopping} = concurrent.futures.Future()")
        literal = numeric_host(given["localaddr"]) if given else False
        # socket.create_server() has words of its own for what bind() raises.
        whole = not tells_why_not_bound(self.hierarchy)
        bound = [
            "self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)",
            f"self.socket.bind({address})",
            "self.socket.listen(5)",
        ]
        if literal and whole:
            return [*lines, f"self.socket = socket.create_server({address}, backlog=5)"]
        if literal:
            return [*lines, "self.socket = socket.socket()", *bound]
        looked_up = f"*{address}"
        if address.startswith("("):
            looked_up = address[1:-1].rstrip(", ")
        family = f"socket.getaddrinfo({looked_up}, type=socket.SOCK_STREAM)[0][0]"
        name = "family" if "family" not in taken else "address_family"
        if not whole:
            return [*lines, f"self.socket = socket.socket({family})", *bound]
        return [
            *lines,
            f"{name} = {family}",
            f"self.socket = socket.create_server({address}, family={name}, backlog=5)",
        ]

    def _kept_value(self, name: str, given: dict[str, Argument], address: str) -> str:
        if name == "accepting":
            return "True"
        if _KEPT.get(name) == "localaddr":
            return address
        if name == "_remoteaddr":
            return given["remoteaddr"].text if "remoteaddr" in given else "None"
        if name in given:
            return given[name].text
        return name if not given and name in self.description.parameters else _DEFAULTS[name]


_LONG = 24  # characters, in an address that is written twice
_DEFAULTS = {"data_size_limit": "33554432", "enable_SMTPUTF8": "False"}
