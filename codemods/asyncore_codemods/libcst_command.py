"""The codemods as a command of libcst's own tool.

    python -m libcst.tool codemod --no-format -x asyncore_codemods.libcst_command.MigrateCommand PATHS

libcst hands over one file at a time, so each is looked at in the company of its project, and only what can be
done to that file alone is done. `asyncore-migrate fix` sees all files at once and goes further.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst
from libcst.codemod import CodemodContext, SkipFile, VisitorBasedCodemodCommand

from asyncore_codemods.index.mentions import mentions
from asyncore_codemods.options import LEVELS, TARGETS, Options
from asyncore_codemods.pipeline import run

if TYPE_CHECKING:
    import argparse


class MigrateCommand(VisitorBasedCodemodCommand):
    """Moves a file from asyncore, asynchat and smtpd to asyncio, as far as that is possible file by file."""

    DESCRIPTION = "Move code from asyncore, asynchat and smtpd to asyncio."

    def __init__(
        self,
        context: CodemodContext,
        level: str = "streams",
        target: str = "3.9",
        *,
        unsafe: bool = False,
        exact: bool = False,
    ) -> None:
        super().__init__(context)
        self._options = Options(level=level, target=target, unsafe=unsafe, exact=exact)

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Add the options of `asyncore-migrate fix` that make sense for one file."""
        arg_parser.add_argument("--level", choices=LEVELS, default="streams", help="how far to go")
        arg_parser.add_argument("--target", choices=TARGETS, default="3.9", help="the oldest Python to support")
        arg_parser.add_argument("--unsafe", action="store_true", help="rewrite what differs in more ways, too")
        arg_parser.add_argument("--exact", action="store_true", help="rewrite only what does not differ at all")

    def transform_module(self, tree: cst.Module) -> cst.Module:
        """Return *tree* as `fix` would leave its file; findings become warnings."""
        name = self.context.filename
        raw = tree.bytes
        if not mentions(raw):
            raise SkipFile("it does not mention asyncore, asynchat or smtpd")
        path = Path(name) if name else Path("module.py")
        outcome = run([path], self._options, contents={path: raw})
        for finding in outcome.findings:
            if not finding.fixable:
                self.warn(f"{finding.line}: {finding.code.value} {finding.subject} {finding.message}")
        if not outcome.changed:
            raise SkipFile("there is nothing to change")
        return cst.parse_module(outcome.changed[0].new)
