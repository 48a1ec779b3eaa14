"""What a hierarchy becomes, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.findings import Strategy, Tier
from asyncore_codemods.plan.idle import IdlePlan
from asyncore_codemods.plan.mail.mail_channels import MailChannelPlan
from asyncore_codemods.plan.mail.mail_servers import MailServerPlan
from asyncore_codemods.plan.protocols.datagrams import DatagramPlan
from asyncore_codemods.plan.protocols.pipes import PipePlan
from asyncore_codemods.plan.sessions.sessions import SessionPlan
from asyncore_codemods.plan.tiers import UNSAFE

if TYPE_CHECKING:
    from asyncore_codemods.plan.program_plan import HierarchyPlan


@dataclass(frozen=True)
class Result:
    """What a hierarchy becomes, and how that is said."""

    what: str
    strategy: Strategy = Strategy.STREAMS
    tier: Tier = Tier.SAFE
    code: Code = Code.STREAMS
    differences: tuple[Code, ...] = ()
    advice: str = ""


def becomes(planned: HierarchyPlan) -> Result:
    """Return what a hierarchy that is rewritten becomes."""
    result, plan = _turns_into(planned), planned.plan
    if planned.is_alone:
        differences = tuple(dict.fromkeys((*result.differences, Code.NO_LOOP)))
        advice = f"{result.advice}; what runs the loop for one serves no other"
        return replace(result, tier=Tier.UNSAFE, differences=differences, advice=advice)
    if not planned.is_unrun:
        return result
    assert plan is not None
    assert not isinstance(plan, (MailChannelPlan, IdlePlan))
    run = plan.description.run if isinstance(plan, SessionPlan) else plan.description.serve
    who = "makes one awaits"
    if isinstance(plan, SessionPlan) and plan.description.connection is None:
        who = "accepts connections, by asyncio.start_server(), makes one of each and awaits"
    differences = tuple(dict.fromkeys((*result.differences, Code.NO_LOOP)))
    return replace(
        result, tier=Tier.UNSAFE, differences=differences, advice=f"{result.advice}; whoever {who} its {run}()"
    )


def _turns_into(planned: HierarchyPlan) -> Result:
    plan = planned.plan
    if isinstance(plan, (MailServerPlan, MailChannelPlan)):
        advice = ""
        if isinstance(plan, MailServerPlan):
            advice = "; add aiosmtpd to the requirements"
            if plan.description.is_old:
                advice += "; process_message(), which smtpd could not call on Python 3, gets text"
        replies = (Code.SMTP_REPLIES,)
        return Result("aiosmtpd code", Strategy.SMTP, Tier.UNSAFE, planned.rule, replies, advice)
    if isinstance(plan, IdlePlan):
        return Result("a plain class, for it never gets a socket")
    if isinstance(plan, DatagramPlan):
        return Result("an asyncio.DatagramProtocol", Strategy.DATAGRAM)
    if isinstance(plan, PipePlan):
        what = "a class whose file asyncio watches" if plan.description.watches else "an asyncio.Protocol"
        return Result(what, differences=differences_of(planned))
    differences = differences_of(planned)
    tier = Tier.UNSAFE if set(differences) & set(UNSAFE.values()) else Tier.SAFE
    return Result("asyncio streams code", tier=tier, differences=differences)


def differences_of(planned: HierarchyPlan) -> tuple[Code, ...]:
    """Return the named differences that rewriting a hierarchy makes."""
    plan = planned.plan
    own = tuple(plan.description.differences) if isinstance(plan, (SessionPlan, PipePlan)) else ()
    return (*own, Code.NO_LOOP) if planned.is_unrun else own
