"""What the options, and comments in the code, permit to be changed of a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.rewrite.results import becomes, differences_of
from asyncore_codemods.suppress import suppressions_of

if TYPE_CHECKING:
    from asyncore_codemods.index import Module
    from asyncore_codemods.options import Options
    from asyncore_codemods.plan.program_plan import ProgramPlan


@dataclass(frozen=True)
class Ignored:
    """Something that a comment keeps from being rewritten."""

    path: str
    line: int
    code: Code
    comment: int  # the line that the comment is in


class Permissions:
    """What the options, and comments in the code, permit to be changed of one program."""

    def __init__(self, program: ProgramPlan, options: Options) -> None:
        self.program = program
        self.options = options

    @property
    def allows_differences(self) -> bool:
        """Whether `--exact` does not rule out what the new code does in another way."""
        return not (self.options.exact and any(differences_of(h) for h in self.program.converted))

    def ignored(self) -> list[Ignored]:
        """Return what comments keep of all that would be rewritten."""
        wanted = [
            (member.module, member.node.lineno, becomes(planned).code)
            for planned in self.program.converted
            for member in planned.hierarchy.channels
        ]
        wanted += [(m, node.lineno, Code.IMPORT) for m in self.program.modules for node in m.legacy_imports]
        found = []
        for module, line, code in wanted:
            ignore = suppressions_of(module.source).covering(code, line)
            if ignore is not None:
                found.append(Ignored(str(module.path), line, code, ignore.line))
        return found

    @staticmethod
    def kept_import(module: Module) -> int | None:
        """Return the line of an import that a comment keeps, and the file's other ones with it."""
        suppressions = suppressions_of(module.source)
        lines = (node.lineno for node in module.legacy_imports)
        return next((line for line in lines if suppressions.covers(Code.IMPORT, line)), None)
