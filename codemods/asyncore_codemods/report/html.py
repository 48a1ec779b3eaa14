"""The report as one HTML page that needs nothing else: no network, no script from elsewhere."""

from __future__ import annotations

from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING

from asyncore_codemods.findings import Strategy
from asyncore_codemods.report.data import relative, version
from asyncore_codemods.report.errors import ReportError
from asyncore_codemods.rules import rule

if TYPE_CHECKING:
    from asyncore_codemods.findings import Outcome


_MANY = 5  # reasons of a class that are shown without a click


def to_html(outcome: Outcome, title: str) -> str:
    """Return the page; raises ReportError if jinja2 is not installed."""
    try:
        import jinja2  # noqa: PLC0415  this report alone needs it
    except ImportError as error:
        raise ReportError("the HTML report needs jinja2: pip install 'asyncore-bridge[codemods]'.") from error
    text = resources.files(__package__ or "").joinpath("page.html.jinja").read_text("utf-8")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["words"] = _words
    classes = sorted(outcome.classes, key=lambda verdict: (verdict.path, verdict.line))
    strategies = Counter(verdict.strategy for verdict in classes)
    reasons = Counter(code for verdict in classes for code in {code for code, _ in verdict.reasons})
    page = environment.from_string(text).render(
        title=title,
        version=version(),
        searched=outcome.searched,
        skipped=outcome.skipped,
        errors=outcome.errors,
        classes=classes,
        files=list(dict.fromkeys(verdict.path for verdict in classes)),
        strategies=[(strategy, strategies[strategy]) for strategy in Strategy if strategies[strategy]],
        tiers=Counter(verdict.tier.value if verdict.tier else "none" for verdict in classes),
        reasons=[(rule(code), number) for code, number in reasons.most_common()],
        relative=relative,
        many=_MANY,
    )
    return page.rstrip() + "\n"


def _words(text: str) -> str:
    """Return *text* as HTML, what stands between backticks as code."""
    from markupsafe import Markup, escape  # noqa: PLC0415  comes with jinja2

    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(part) if index % 2 else escape(part) for index, part in enumerate(parts))
