"""What the options, and comments in the code, permit to be changed of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.rewrite.results import differences_of
from asyncore_codemods.suppress import suppressions_of

if TYPE_CHECKING:
    from asyncore_codemods.index import Module
    from asyncore_codemods.options import Options
    from asyncore_codemods.plan.program_plan import ProgramPlan


class Permissions:
    """What the options, and comments in the code, permit to be changed of one program."""

    def __init__(self, program: ProgramPlan, options: Options) -> None:
        self.program = program
        self.options = options

    @property
    def allows_differences(self) -> bool:
        """Whether `--exact` does not rule out what the new code does in another way."""
        return not (self.options.exact and any(differences_of(h) for h in self.program.converted))

    @property
    def kept_by(self) -> tuple[Module, int] | None:
        """The file, and the line of the comment in it, that keeps an import, and with it the whole program."""
        kept = ((module, self.kept_import(module)) for module in self.program.modules)
        return next(((module, line) for module, line in kept if line is not None), None)

    @staticmethod
    def kept_import(module: Module) -> int | None:
        """Return the line of the comment that keeps an import, and the file's other ones with it."""
        suppressions = suppressions_of(module.source)
        comments = (suppressions.covering(Code.IMPORT, node.lineno) for node in module.legacy_imports)
        return next((comment.line for comment in comments if comment is not None), None)
