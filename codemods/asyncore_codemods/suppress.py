"""Comments that silence findings: `# asyncore-migrate: ignore[CODE]`.

On a line, such a comment silences that line's findings; `ignore-file[CODE]` on a line of its own silences the
file's. Without a bracket all codes are meant. What is silenced is not rewritten either, and a comment that
silences nothing is a finding itself. Errors cannot be silenced.
"""

from __future__ import annotations

import difflib
import io
import re
import tokenize
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncore_codemods.codes import Code
from asyncore_codemods.findings import Finding

if TYPE_CHECKING:
    from asyncore_codemods.findings import Outcome
    from asyncore_codemods.index import Project
    from asyncore_codemods.options import Options
    from asyncore_codemods.source import Source

_MARK = "asyncore-migrate:"
_COMMENT = re.compile(r"#\s*asyncore-migrate:\s*(?P<kind>ignore-file|ignore)(?:\[(?P<codes>[^\]]*)\])?(?![\w\[-])")
_UNKNOWN = re.compile(r"#\s*asyncore-migrate:")


@dataclass
class Ignore:
    """One comment; `codes` are as they were written, None stands for all."""

    line: int
    column: int
    codes: tuple[str, ...] | None
    whole_file: bool
    used: set[str] = field(default_factory=set)

    def covers(self, code: Code, line: int) -> bool:
        """Tell whether a finding of *code* in *line* is silenced."""
        return (self.whole_file or line == self.line) and (self.codes is None or code.value in self.codes)


@dataclass
class Suppressions:
    """The comments of one file."""

    ignores: list[Ignore] = field(default_factory=list)
    malformed: list[tuple[int, int]] = field(default_factory=list)  # line, column

    def covers(self, code: Code, line: int) -> bool:
        """Tell whether a finding of *code* in *line* is silenced."""
        return self.covering(code, line) is not None

    def covering(self, code: Code, line: int) -> Ignore | None:
        """Return the comment that silences a finding of *code* in *line*, None if there is none."""
        return next((ignore for ignore in self.ignores if ignore.covers(code, line)), None)


def suppressions_of(source: Source) -> Suppressions:
    """Return the comments in *source* that are meant for this tool."""
    result = Suppressions()
    if _MARK not in source.text:
        return result
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type != tokenize.COMMENT or not _UNKNOWN.search(token.string):
            continue
        line, column = token.start
        match = _COMMENT.search(token.string)
        if match is None:
            result.malformed.append((line, column + 1))
            continue
        listed = match["codes"]
        codes = None if listed is None else tuple(c.strip().upper() for c in listed.split(",") if c.strip())
        result.ignores.append(Ignore(line, column + match.start() + 1, codes, match["kind"] == "ignore-file"))
    return result


def apply_suppressions(outcome: Outcome, project: Project, options: Options) -> None:
    """Take the silenced findings out of *outcome*, and report the comments that silence nothing."""
    by_path = {
        str(module.path): suppressions_of(module.source) for module in project.modules.values() if module.editable
    }
    kept = []
    for finding in outcome.findings:
        found = by_path.get(finding.path)
        covering = [] if found is None else [i for i in found.ignores if i.covers(finding.code, finding.line)]
        if finding.is_error or not covering:
            kept.append(finding)
        for ignore in covering:
            ignore.used.add(finding.code.value)
    outcome.findings = kept
    for path, found in by_path.items():
        outcome.findings += [_unused(path, line, column, "is not understood") for line, column in found.malformed]
        for ignore in found.ignores:
            outcome.findings += _complaints(path, ignore, options)


def _complaints(path: str, ignore: Ignore, options: Options) -> list[Finding]:
    narrowed = options.level != "streams"  # where the reasons for less are not asked for
    if ignore.codes is None:
        narrowed = narrowed or options.only is not None or bool(options.skip)
        return [] if ignore.used or narrowed else [_unused(path, ignore.line, ignore.column, "silences nothing")]
    said = []
    for code in ignore.codes:
        if code not in KNOWN_CODES:
            said.append(_unused(path, ignore.line, ignore.column, f"names an unknown code: {unknown_code(code)}"))
        elif code not in ignore.used and options.wants(Code(code)) and not narrowed:
            said.append(_unused(path, ignore.line, ignore.column, f"silences no {code} here"))
    return said


def _unused(path: str, line: int, column: int, message: str) -> Finding:
    return Finding(path, line, column, Code.UNUSED_IGNORE, f"this comment {message}")


KNOWN_CODES = frozenset(code.value for code in Code)


def unknown_code(code: str) -> str:
    """Return *code* quoted, with the code that was probably meant."""
    close = difflib.get_close_matches(code.upper().replace("_", "-"), sorted(KNOWN_CODES), n=1)
    hint = f"did you mean {close[0]}?" if close else "`asyncore-migrate rules` lists them"
    return f"{code!r} ({hint})"
