"""Bring the inventory and the verdicts of the planner together: one strategy for every class, with its reasons.

Classes that have no verdict of their own are producers, which serve channels and stay as they are, and classes of
programs that the tool gave up on: those are refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.findings import ClassVerdict, Strategy, Tier
from asyncore_codemods.model.inventory import Because, Where
from asyncore_codemods.rules import rule

if TYPE_CHECKING:
    from asyncore_codemods.findings import Outcome
    from asyncore_codemods.model.inventory import ClassModel, Inventory


def judge(inventory: Inventory, outcome: Outcome) -> None:
    """Give every class of *inventory* the strategy, tier and reasons that *outcome* has for it.

    Classes that it has none for get one, in both.
    """
    outcome.classes = _one_for_each(outcome.classes)
    verdicts = {(verdict.path, verdict.line): verdict for verdict in outcome.classes}
    for model in inventory.classes:
        verdict = verdicts.get((model.where.path, model.where.line))
        if verdict is not None:
            _apply(model, verdict)
        elif not model.root:
            message = "serves channels, and stays as it is as long as they ask it for output"
            outcome.classes.append(_judged(model, Strategy.BRIDGE, Tier.SAFE, Code.PRODUCER, message))
        else:
            message = "belongs to a program that could not be dealt with"
            outcome.classes.append(_judged(model, Strategy.REFUSED, Tier.DISPLAY, Code.INTERNAL, message))


def _one_for_each(verdicts: list[ClassVerdict]) -> list[ClassVerdict]:
    """Join what was said of a class that is in several hierarchies: it stays if one of them does."""
    by_class: dict[tuple[str, int], ClassVerdict] = {}
    for verdict in verdicts:
        key = verdict.path, verdict.line
        other = by_class.get(key, verdict)
        stays = [one for one in (other, verdict) if one.strategy in (Strategy.BRIDGE, Strategy.REFUSED)]
        reasons = dict(zip((*verdict.reasons, *other.reasons), (*verdict.places, *other.places)))
        one = (stays or [other])[0]
        by_class[key] = replace(one, reasons=tuple(reasons), places=tuple(reasons.values()))
    return list(by_class.values())


def _judged(model: ClassModel, strategy: Strategy, tier: Tier, code: Code, message: str) -> ClassVerdict:
    _set(model, strategy, tier, [_because(model, code, message)])
    where = model.where
    return ClassVerdict(
        where.path,
        where.line,
        model.name,
        model.root,
        strategy,
        tier,
        ((code, message),),
        ((where.path, where.line),),
    )


def _apply(model: ClassModel, verdict: ClassVerdict) -> None:
    reasons = [
        _because(model, code, message, Where(*place))
        for (code, message), place in zip(verdict.reasons, verdict.places)
    ]
    if not reasons:
        is_bridged = verdict.strategy is Strategy.BRIDGE
        code = Code.PROGRAM if is_bridged else Code.STREAMS
        message = "stays with the rest of its program" if is_bridged else rule(code).title
        reasons = [_because(model, code, message)]
    _set(model, verdict.strategy, verdict.tier or Tier.DISPLAY, reasons)


def _set(model: ClassModel, strategy: Strategy, tier: Tier, reasons: list[Because]) -> None:
    model.strategy, model.tier, model.reasons = strategy.value, tier.value, reasons


def _because(model: ClassModel, code: Code, message: str, where: Where | None = None) -> Because:
    return Because(code.value, message, where or model.where, rule(code).advice)
