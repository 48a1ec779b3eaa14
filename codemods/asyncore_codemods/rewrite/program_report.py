"""What is said of one program: a finding for all that is done or left, and a verdict on each class."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.commands import RUNS_SMTPD, Command
from asyncore_codemods.codes import Code
from asyncore_codemods.findings import ClassVerdict, Finding, Outcome, Strategy, Tier
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.plan.telling import beside, owner, said_of
from asyncore_codemods.rewrite.results import becomes, differences_of
from asyncore_codemods.spans import Place
from asyncore_codemods.suppress import KNOWN_CODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asyncore_codemods.index import Module
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.plan.looping.loop_sites import LoopPlan
    from asyncore_codemods.plan.program_plan import HierarchyPlan
    from asyncore_codemods.rewrite.permissions import Permissions

_UNHEARD_OF = {  # what libcst does not give back as it was
    re.compile(r"\r(?!\n)"): "ends line {line} with a carriage return alone",
    re.compile(r"^[ \t]*\f[ \t\f]*[^\s#]", re.MULTILINE): "has a form feed in front of its code in line {line}",
}
_LINE_END = re.compile(r"\r\n|\r|\n")


class ProgramReport:
    """Adds what is said of one program to an outcome."""

    def __init__(self, permissions: Permissions, outcome: Outcome) -> None:
        self.program = permissions.program
        self.options = permissions.options
        self.permissions = permissions
        self.outcome = outcome

    def add_rewritten(self) -> None:
        """Say what the classes that are rewritten become."""
        told: set[ClassEntry] = set()
        for planned in self.program.converted:
            result = becomes(planned)
            self.judge(planned, result.strategy, result.tier, ())
            for member in planned.hierarchy.channels:
                differences = () if member in planned.hierarchy.bases else result.differences
                note = f" ({', '.join(differences)})" if differences else ""
                if member in told:
                    continue
                told.add(member)
                self.outcome.findings.append(
                    Finding(
                        str(member.module.path),
                        member.node.lineno,
                        member.node.col_offset + 1,
                        result.code,
                        f"can become {result.what}{note}{result.advice}",
                        done=f"is {result.what} now{note}{result.advice}",
                        subject=member.name,
                        fixable=True,
                        tier=result.tier,
                        strategy=result.strategy,
                        differences=differences,
                    )
                )

    def add_commands(self, module: Module, commands: list[Command]) -> None:
        """Say of *commands* in *module* that they can run the bridge's smtpd."""
        self.outcome.findings += [
            Finding(
                str(module.path),
                command.node.lineno,
                command.node.col_offset + 1,
                Code.COMMAND_LINE,
                RUNS_SMTPD,
                done="runs the bridge's smtpd now",
                fixable=True,
                tier=Tier.SAFE,
                strategy=Strategy.BRIDGE,
            )
            for command in commands
        ]

    def add_loops(self, module: Module, loops: LoopPlan) -> None:
        """Say which calls of asyncore.loop() in *module* become asyncio.run()."""
        for place in loops.rewritten:
            if place.path == str(module.path):
                self.outcome.findings.append(
                    Finding(
                        place.path,
                        place.span.line,
                        place.span.column + 1,
                        Code.RUN,
                        "asyncore.loop() can become asyncio.run(until_empty())",
                        done="asyncore.loop() is asyncio.run(until_empty()) now",
                        fixable=True,
                        tier=Tier.SAFE,
                        strategy=Strategy.BRIDGE,
                    )
                )

    def add_imports(self, module: Module) -> None:
        """Say that *module* imports removed modules, which the bridge has."""
        seen = set()
        kept = self.permissions.kept_import(module)
        has_it = "asyncore_bridge has it" if kept is None else f"the comment in line {kept} keeps it"
        for imported in module.imports:
            head = imported.target.split(".")[0]
            if head in legacy.MODULES and not imported.level and imported.node not in seen:
                seen.add(imported.node)
                self.outcome.findings.append(
                    Finding(
                        str(module.path),
                        imported.node.lineno,
                        imported.node.col_offset + 1,
                        Code.IMPORT,
                        f"imports {head}, which Python 3.12 removed; {has_it}",
                        fixable=kept is None,
                        tier=Tier.SAFE,
                        strategy=Strategy.BRIDGE,
                    )
                )

    def add_reasons(self, stay: Sequence[HierarchyPlan]) -> None:
        """Say why some hierarchies *stay* on the bridge."""
        said: set[Reason] = set()
        for planned in stay:
            others = (*planned.reasons, *self.program.reasons)
            reasons = [beside(reason, others) for reason in planned.reasons]
            for reason in reasons:
                if reason not in said:  # which several classes may have, of one place
                    self.add_reason(reason, owner(planned.hierarchy, reason).name)
                said.add(reason)
            said.update(planned.reasons)
            if reasons:
                self.judge(planned, Strategy.BRIDGE, Tier.SAFE, reasons)
            elif planned.hierarchy.top.module.editable:
                self._add_kept_back(planned)
        for reason in dict.fromkeys(self.program.reasons):
            if reason not in said:
                self.add_reason(reason, "")

    def add_reason(self, reason: Reason, subject: str) -> None:
        """Say why something stays on the bridge; *subject* is the class that it is about, or empty."""
        self.outcome.findings.append(
            Finding(
                reason.place.path,
                reason.place.span.line,
                reason.place.span.column + 1,
                reason.code,
                reason.message,
                subject,
                strategy=Strategy.BRIDGE,
            )
        )

    def add_failure(self, path: str, line: int, message: str) -> None:
        """Say that the file *path* could not be rewritten, and why as far as that is known."""
        code = Code.VERIFY
        text = next((m.source.text for m in self.program.modules if str(m.path) == path), "")
        for mark, what in _UNHEARD_OF.items():
            found = mark.search(text)
            if found is not None:  # which is what it is about, as a rule
                line = len(_LINE_END.findall(text, 0, found.start())) + 1
                code, message = Code.ENCODING, what.format(line=line)
                break
        finding = Finding(path, line, 1, code, message, is_error=True)
        if finding not in self.outcome.findings:  # the way to the bridge fails in the same way
            self.outcome.findings.append(finding)

    def judge(
        self, planned: HierarchyPlan, strategy: Strategy, tier: Tier | None, reasons: Iterable[Reason]
    ) -> None:
        """Note the verdict on each class of a hierarchy: its strategy and tier, and the *reasons* if it stays."""
        said = {(reason.code, reason.message, owner(planned.hierarchy, reason)): reason for reason in reasons}
        for member in planned.hierarchy.channels:
            if member.module.editable:
                path, root = str(member.module.path), member.root or planned.hierarchy.root
                why = tuple((reason.code, said_of(member, whose, reason)) for (_, _, whose), reason in said.items())
                places = tuple((reason.place.path, reason.place.span.line) for reason in said.values())
                self.outcome.classes.append(
                    ClassVerdict(path, member.node.lineno, member.name, root, strategy, tier, why, places)
                )

    def _add_kept_back(self, planned: HierarchyPlan) -> None:
        """Say of a class that could be rewritten that its family, the rest of its program or an option keeps it."""
        top = planned.hierarchy.top
        blocked = [other for other in self.program.family_of(planned) if other.reasons]
        ignored = next((other.ignored for other in blocked if other.ignored is not None), None)
        if ignored is not None:
            why = ignored.message + _of_another_file(planned, ignored.place.path)
        elif blocked:
            why = f"stays on the bridge because {blocked[0].hierarchy.top.name} does"
        elif self.program.reasons:
            why = f"stays on the bridge because {self.program.reasons[0].message}"
        else:
            why = self._ruled_out(planned)
        self.judge(planned, Strategy.BRIDGE, Tier.SAFE, (Reason(Code.PROGRAM, why, whole_of(planned)),))
        self.outcome.findings.append(
            Finding(
                str(top.module.path),
                top.node.lineno,
                top.node.col_offset + 1,
                Code.PROGRAM,
                why,
                top.name,
                strategy=Strategy.BRIDGE,
            )
        )

    def _ruled_out(self, planned: HierarchyPlan) -> str:
        """Say which option, comment or error keeps a program from being rewritten in which nothing else does."""
        if not self.options.wants(Code.STREAMS):
            skipped = Code.STREAMS in {Code(code) for code in self.options.skip if code in KNOWN_CODES}
            return f"is kept on the bridge because of --{'skip STREAMS' if skipped else 'only'}"
        if self.permissions.kept_by is not None:
            module, line = self.permissions.kept_by
            where = _of_another_file(planned, str(module.path))
            return f"is kept on the bridge because of the ignore comment in line {line}{where}"
        if self.permissions.allows_differences:
            return "is kept on the bridge because of the error above"
        could = f"can become {becomes(planned).what}, but not"
        own = ", ".join(differences_of(planned))
        if own:
            return f"{could} exactly: --exact rules out {own}"
        other = next(h for h in self.program.converted if differences_of(h))
        differences = ", ".join(differences_of(other))
        return f"{could} without {other.hierarchy.top.name}, of which --exact rules out {differences}"


def _of_another_file(planned: HierarchyPlan, path: str) -> str:
    """Return what says where *path* is, if it is not the file of the classes in question."""
    return "" if path == str(planned.hierarchy.top.module.path) else f" of {path}"


def whole_of(planned: HierarchyPlan) -> Place:
    """Return the place of a hierarchy's topmost class, the whole statement."""
    top = planned.hierarchy.top
    return Place(str(top.module.path), top.module.source.span(top.node))
