"""The faces of an outcome: text, JSON, SARIF, GitHub annotations, HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from asyncore_codemods.findings import Outcome


def render(form: str, outcome: Outcome, contents: Mapping[Path, bytes] | None = None) -> str:
    """Return the findings of *outcome* in one of check's forms; *contents* stand for files on disk."""
    if form == "json":
        from asyncore_codemods.report.data import to_json  # noqa: PLC0415  one form is needed, and HTML needs jinja2

        return to_json(outcome)
    if form == "sarif":
        from asyncore_codemods.report.sarif import to_sarif  # noqa: PLC0415

        return to_sarif(outcome)
    if form == "github":
        from asyncore_codemods.report.github import to_github  # noqa: PLC0415

        return to_github(outcome)
    from asyncore_codemods.report.text import check_text  # noqa: PLC0415

    return check_text(outcome, contents, frames=form == "text")


def render_report(form: str, outcome: Outcome, title: str, contents: Mapping[Path, bytes] | None = None) -> str:
    """Return a report on *outcome*: text or html, or a form that render() knows; raises ReportError.

    *title* is that of the page, *contents* stand for files on disk.
    """
    if form == "html":
        from asyncore_codemods.report.html import to_html  # noqa: PLC0415

        return to_html(outcome, title)
    if form == "text":
        from asyncore_codemods.report.overview import overview  # noqa: PLC0415

        return overview(outcome)
    return render(form, outcome, contents)
