"""Place the methods of mail servers, and in front of them the classes and functions that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.plan.mail.mail_channels import MailChannelPlan
from asyncore_codemods.plan.mail.mail_servers import MailServerPlan
from asyncore_codemods.plan.members import class_place
from asyncore_codemods.printer import print_message, server_methods, session_class

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncore_codemods.index import Module
    from asyncore_codemods.plan.changes import Changes
    from asyncore_codemods.plan.program_plan import HierarchyPlan
    from asyncore_codemods.spans import Place, Span


def add_mail(changes: Changes, converted: Iterable[HierarchyPlan]) -> None:
    """Add to *changes* what the mail servers and sessions among *converted* need."""
    servers = [h.plan for h in converted if isinstance(h.plan, MailServerPlan)]
    channels = {
        name: h.plan for h in converted if isinstance(h.plan, MailChannelPlan) for name in h.hierarchy.names
    }
    sessions: dict[str, tuple[str, Place]] = {}  # file -> what its class of sessions is called, and where it goes
    for plan in servers:
        _add_methods(changes, plan)
        place = plan.description.place
        used = [channels[name].hierarchy for name in _channel_of(plan) if name in channels]
        if not used:
            _keep_first(sessions, plan.description.session, place)
        for hierarchy in used:
            _keep_first(sessions, plan.description.session, class_place(hierarchy.top))
            _change_bases(changes, channels[hierarchy.top.qualname], plan.description.session)
        if plan.description.prints or plan.description.prints_by_call:
            changes.of(place.path).functions["print_message"] = print_message() + "\n"
    for name, place in sessions.values():
        span = _outermost(servers[0].hierarchy.project.module_at(place.path), place)
        changes.of(place.path).prepended[span] = session_class(name, servers[0].description.notices)


def _outermost(module: Module, place: Place) -> Span:
    """Return the span of the statement of *module* that holds *place*, where a function may define the class."""
    spans = [module.source.span(statement) for statement in module.source.tree.body]
    return next(span for span in spans if span.contains(place.span))


def _keep_first(sessions: dict[str, tuple[str, Place]], name: str, place: Place) -> None:
    known = sessions.get(place.path)
    if known is None or place.span < known[1].span:
        sessions[place.path] = (name, place)


def _channel_of(plan: MailServerPlan) -> list[str]:
    """Return the qualified name of the author's own class of sessions."""
    if not plan.description.channel:
        return []
    hierarchy = plan.hierarchy
    target = hierarchy.project.resolve(hierarchy.top.module, plan.description.channel)
    entry = hierarchy.project.class_at(target, hierarchy.top.module)
    return [entry.qualname] if entry is not None else []


def _change_bases(changes: Changes, plan: MailChannelPlan, session: str) -> None:
    for member in plan.hierarchy.members:
        file, span = changes.of(str(member.module.path)), member.module.source.span
        for node, base in zip(member.node.bases, member.bases):
            if base in legacy.CLASSES:
                file.expressions[span(node)] = session


def _add_methods(changes: Changes, plan: MailServerPlan) -> None:
    description, facts = plan.description, plan.hierarchy.facts[plan.hierarchy.top.qualname]
    file = changes.of(description.place.path)
    methods = server_methods(description)
    if description.constructs:
        file.methods.setdefault(description.place.span, []).append(methods.pop(0))
    after = next((facts.methods[n].span for n in ("process_message", "__init__") if n in facts.methods), None)
    file.methods.setdefault(after or description.place.span, []).extend(methods)
