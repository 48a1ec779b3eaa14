"""Rewrite one program, or move it to the bridge, and say what was done or why not."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.commands import RUNS_SMTPD, Command, commands_of, texts_of
from asyncore_codemods.analyse.values.module_names import names_of, starred_names
from asyncore_codemods.codes import Code
from asyncore_codemods.findings import ClassVerdict, FileResult, Finding, Outcome, Strategy, Tier
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.looping.loop_sites import LoopPlan, plan_loop_sites
from asyncore_codemods.plan.mail.mail_channels import MailChannelPlan
from asyncore_codemods.plan.mail.mail_servers import MailServerPlan
from asyncore_codemods.plan.programs import plan_program
from asyncore_codemods.plan.telling import beside, owner, said_of
from asyncore_codemods.rewrite.errors import RewriteError, StaysError
from asyncore_codemods.rewrite.hiding import hiding_file
from asyncore_codemods.rewrite.results import becomes, differences_of
from asyncore_codemods.rewrite.streams import complete_changes
from asyncore_codemods.spans import Place
from asyncore_codemods.suppress import KNOWN_CODES, suppressions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.options import Options
    from asyncore_codemods.plan.changes import FileChanges
    from asyncore_codemods.plan.program_plan import HierarchyPlan, ProgramPlan

_UNHEARD_OF = {  # what libcst does not give back as it was
    re.compile(r"\r(?!\n)"): "ends line {line} with a carriage return alone",
    re.compile(r"^[ \t]*\f[ \t\f]*[^\s#]", re.MULTILINE): "has a form feed in front of its code in line {line}",
}
_LINE_END = re.compile(r"\r\n|\r|\n")


def rewrite_program(project: Project, modules: list[Module], options: Options) -> Outcome:
    """Return what is to be said of the program in *modules*, and what its files would become."""
    part = Outcome()
    try:
        _Rewriter(project, plan_program(project, modules, options), options, part).run()
    except Exception as error:  # one program that the tool cannot deal with must not keep it from the others
        path = str(next(module.path for module in modules if module.editable))
        part = Outcome([Finding(path, 1, 1, Code.INTERNAL, f"cannot be dealt with: {error!r}", is_error=True)])
    return part


class _Rewriter:
    """Rewrites one program, or moves it to the bridge."""

    def __init__(self, project: Project, program: ProgramPlan, options: Options, outcome: Outcome) -> None:
        self.project = project
        self.program = program
        self.options = options
        self.outcome = outcome

    def run(self) -> None:
        elsewhere = self._elsewhere
        hiding = hiding_file(self._moving)
        if elsewhere is not None:  # before Python 3.12, one half would wait for the other for ever
            self._leave(Code.OUTSIDE, f"part of the program is in {elsewhere.path}, which was not given")
        elif hiding is not None:
            self._leave(Code.INTERNALS, f"cannot import {hiding.stem}: {hiding} is in its place, to be renamed")
        elif self.program.converted and self.options.level == "streams" and self._wanted() and self._permitted():
            try:
                self._to_streams()
            except StaysError as error:
                self._keep(error)
                self._to_bridge()
            except RewriteError as error:
                top = self.program.hierarchies[0].hierarchy.top
                self._report_failure(str(top.module.path), top.node.lineno, str(error))
                self._to_bridge()
        else:
            self._to_bridge()

    @property
    def _moving(self) -> list[Module]:
        """The files that were given and use removed modules."""
        return [module for module in self.program.modules if module.editable and _imports_legacy(module)]

    @property
    def _elsewhere(self) -> Module | None:
        """A file of the program that uses removed modules and was not given: it would have another socket map."""
        others = (m for m in self.program.modules if not m.editable and _imports_legacy(m))
        return next(others, None) if self._moving else None

    def _leave(self, code: Code, message: str) -> None:
        """Write nothing, for a reason that every file has."""
        reasons = []
        for module in self._moving:
            first = next(_legacy_imports(module), module.source.tree.body[0])
            reasons.append(Reason(code, message, Place(str(module.path), module.source.span(first))))
        for reason in reasons:
            self._report_reason(reason, "")
        for planned in self.program.hierarchies:
            self._judge(planned, Strategy.REFUSED, None, reasons[:1])

    def _wanted(self) -> bool:
        """Tell whether neither the options nor a comment keep the program from being rewritten."""
        ignores = self._ignores()
        self.outcome.silenced.update((path, line, code) for path, line, code, _ in ignores)
        return self.options.wants(Code.STREAMS) and not ignores

    def _ignores(self) -> list[tuple[str, int, Code, int]]:
        """Return what comments silence of what would be rewritten: file, line, code, and the comment's line."""
        wanted = [
            (member.module, member.node.lineno, becomes(planned).code)
            for planned in self.program.converted
            for member in planned.hierarchy.channels
        ]
        wanted += [(m, node.lineno, Code.IMPORT) for m in self.program.modules for node in _legacy_imports(m)]
        found = []
        for module, line, code in wanted:
            ignore = suppressions_of(module.source).covering(code, line)
            if ignore is not None:
                found.append((str(module.path), line, code, ignore.line))
        return found

    @staticmethod
    def _kept_import(module: Module) -> int | None:
        """Return the line of an import that a comment keeps, and the file's other ones with it."""
        suppressions = suppressions_of(module.source)
        lines = (node.lineno for node in _legacy_imports(module))
        return next((line for line in lines if suppressions.covers(Code.IMPORT, line)), None)

    def _permitted(self) -> bool:
        return not (self.options.exact and any(differences_of(h) for h in self.program.converted))

    def _keep(self, error: StaysError) -> None:
        """Keep the program on the bridge because a file cannot have what the new code needs."""
        self.outcome.findings.clear()  # those of a file that was done before it
        mine = [h for h in self.program.converted if str(h.hierarchy.top.module.path) == error.path]
        for planned in mine or self.program.converted[:1]:
            planned.reasons.append(Reason(Code.INTERNALS, str(error), _whole(planned)))
            self.program.reasons.append(planned.reasons[-1])

    def _report_failure(self, path: str, line: int, message: str) -> None:
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

    # -- to streams

    def _to_streams(self) -> None:
        # the imports of a mixed program depend on its new text, and so does whether names are in its way
        if self.options.rewrite or self.program.bridged or any(map(self._clashes, self.program.modules)):
            self._rewrite()
        self._report_rewritten()
        if self.program.bridged:
            self._report_reasons(self.program.bridged)

    def _rewrite(self) -> None:
        # libcst is slow to import
        from asyncore_codemods.rewrite.texts import refers_to_bridge  # noqa: PLC0415
        from asyncore_codemods.verify import verify_classes  # noqa: PLC0415

        changes = complete_changes(self.project, self.program, self.options.target_version)
        files, texts = [], {}
        for module in self.program.modules:
            commands = self._commands(module)
            if commands:
                changes.of(str(module.path)).expressions.update(texts_of(module, commands))
                self._report_commands(module, commands)
        touched = [m for m in self.program.modules if str(m.path) in changes.files or _imports_legacy(m)]
        for module in touched:
            if not module.editable:
                continue
            new = self._rewritten(module, changes.of(str(module.path)))
            texts[str(module.path)] = new
            files.append(_result(module, new))
            if self.program.bridged and refers_to_bridge(new):
                self._report_imports(module)
        mail = (MailServerPlan, MailChannelPlan)  # whose new base class has much of the same
        verify_classes([h.hierarchy for h in self.program.converted if not isinstance(h.plan, mail)], texts)
        self.outcome.files += files
        self.outcome.groups.append([file for file in files if file.changed])

    def _clashes(self, module: Module) -> bool:
        """Tell whether a file may have no place for new code: for the names of modules, or in braces of strings."""
        if names_of(module.source.tree, starred_names(self.project, module)).taken:
            return True
        return any(
            isinstance(node, ast.Attribute) and "terminator" in node.attr
            for string in walk(module.source.tree, ast.JoinedStr)
            for node in walk(string)
        )

    def _rewritten(self, module: Module, changes: FileChanges) -> str:
        """Return the text of *module* with *changes*; what stays on the bridge is imported from there."""
        from asyncore_codemods.rewrite.texts import shared_text, streams_text  # noqa: PLC0415  as above

        starred, target = starred_names(self.project, module), self.options.target_version
        try:
            if self.program.bridged or self._keeps_something(module, changes):
                return shared_text(module, changes, target, self._shared_names(module), starred)
            return streams_text(module, changes, target, starred)
        except StaysError as error:
            error.path = str(module.path)
            raise

    def _keeps_something(self, module: Module, changes: FileChanges) -> bool:
        """Tell whether *module* goes on using something that may come from the bridge."""
        return any(
            str(module.path) == use.place.path
            and use.statement not in changes.statements
            and use.place.span not in changes.expressions
            for use in self.program.harmless_uses
        )

    def _shared_names(self, module: Module) -> set[str]:
        """Return the removed modules that other files use by way of *module*."""
        shared: set[str] = set()
        for other in self.program.modules:
            if other is module:
                continue
            if module.name.split(".")[-1] in {star.split(".")[-1] for star in other.stars}:
                shared |= set(legacy.MODULES)
            shared |= {name for name in legacy.MODULES if _goes_by_way(module, name, other)}
        return shared

    def _report_rewritten(self) -> None:
        told: set[ClassEntry] = set()
        for planned in self.program.converted:
            result = becomes(planned)
            self._judge(planned, result.strategy, result.tier, ())
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

    def _judge(
        self, planned: HierarchyPlan, strategy: Strategy, tier: Tier | None, reasons: Iterable[Reason]
    ) -> None:
        said = {(reason.code, reason.message, owner(planned.hierarchy, reason)): reason for reason in reasons}
        for member in planned.hierarchy.channels:
            if member.module.editable:
                path, root = str(member.module.path), member.root or planned.hierarchy.root
                why = tuple((reason.code, said_of(member, whose, reason)) for (_, _, whose), reason in said.items())
                places = tuple((reason.place.path, reason.place.span.line) for reason in said.values())
                self.outcome.classes.append(
                    ClassVerdict(path, member.node.lineno, member.name, root, strategy, tier, why, places)
                )

    # -- to the bridge

    def _to_bridge(self) -> None:
        files = []
        loops = self._plan_loops()
        for module in self.program.modules:
            commands = self._commands(module)
            if not module.editable or not (commands or _imports_legacy(module)):
                continue
            self._report_imports(module)
            if not self.options.wants(Code.IMPORT) or self._kept_import(module) is not None:
                continue
            if self.options.rewrite:
                try:
                    files.append(self._bridged(module, loops.changes.of(str(module.path)), commands))
                except RewriteError as error:
                    self._report_failure(str(module.path), 1, str(error))
                    continue
            self._report_loops(module, loops)
            self._report_commands(module, commands)
        for reason in loops.reasons:
            self._report_reason(reason, "")
        self.outcome.files += files
        self.outcome.groups.append([file for file in files if file.changed])
        told = len(self.outcome.findings)
        self._report_reasons(self.program.hierarchies)
        if self.options.level != "streams":  # why nothing more was done is no news: it was not asked for
            del self.outcome.findings[told:]

    def _plan_loops(self) -> LoopPlan:
        """Return what becomes of the loops where the classes stay as they are."""
        if self.options.level != "loop" or not self.options.wants(Code.RUN):
            return LoopPlan()
        hierarchies = [planned.hierarchy for planned in self.program.hierarchies]
        return plan_loop_sites(self.project, self.program.modules, hierarchies)

    def _bridged(self, module: Module, changes: FileChanges, commands: list[Command]) -> FileResult:
        from asyncore_codemods.rewrite.texts import bridged_text  # noqa: PLC0415  as above

        new = bridged_text(module, changes, self.options.target_version, texts_of(module, commands))
        return _result(module, new)

    def _commands(self, module: Module) -> list[Command]:
        """Return the commands of *module* that can be made to run the bridge's smtpd."""
        if not (module.editable and self.options.wants(Code.COMMAND_LINE)):
            return []
        suppressions = suppressions_of(module.source)
        found = [command for command in commands_of(self.project, module) if command.text]
        return [one for one in found if not suppressions.covers(Code.COMMAND_LINE, one.node.lineno)]

    def _report_commands(self, module: Module, commands: list[Command]) -> None:
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

    def _report_loops(self, module: Module, loops: LoopPlan) -> None:
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

    def _report_imports(self, module: Module) -> None:
        seen = set()
        kept = self._kept_import(module)
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

    def _report_reasons(self, stay: Sequence[HierarchyPlan]) -> None:
        """Say why some hierarchies *stay* on the bridge."""
        said: set[Reason] = set()
        for planned in stay:
            others = (*planned.reasons, *self.program.reasons)
            reasons = [beside(reason, others) for reason in planned.reasons]
            for reason in reasons:
                if reason not in said:  # which several classes may have, of one place
                    self._report_reason(reason, owner(planned.hierarchy, reason).name)
                said.add(reason)
            said.update(planned.reasons)
            if reasons:
                self._judge(planned, Strategy.BRIDGE, Tier.SAFE, reasons)
            elif planned.hierarchy.top.module.editable:
                self._report_kept_back(planned)
        for reason in dict.fromkeys(self.program.reasons):
            if reason not in said:
                self._report_reason(reason, "")

    def _report_reason(self, reason: Reason, subject: str) -> None:
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

    def _ruled_out(self, planned: HierarchyPlan) -> str:
        """Say which option, comment or error keeps a program from being rewritten in which nothing else does."""
        if not self.options.wants(Code.STREAMS):
            skipped = Code.STREAMS in {Code(code) for code in self.options.skip if code in KNOWN_CODES}
            return f"is kept on the bridge because of --{'skip STREAMS' if skipped else 'only'}"
        for path, _, _, line in self._ignores():
            where = "" if path == str(planned.hierarchy.top.module.path) else f" of {path}"
            return f"is kept on the bridge because of the ignore comment in line {line}{where}"
        if self._permitted():
            return "is kept on the bridge because of the error above"
        could = f"can become {becomes(planned).what}, but not"
        own = ", ".join(differences_of(planned))
        if own:
            return f"{could} exactly: --exact rules out {own}"
        other = next(h for h in self.program.converted if differences_of(h))
        differences = ", ".join(differences_of(other))
        return f"{could} without {other.hierarchy.top.name}, of which --exact rules out {differences}"

    def _report_kept_back(self, planned: HierarchyPlan) -> None:
        """A class that could be rewritten, if it were not for its family, or the rest of its program."""
        top = planned.hierarchy.top
        blocked = [other for other in self.program.family_of(planned) if other.reasons]
        if blocked:
            why = f"stays on the bridge because {blocked[0].hierarchy.top.name} does"
        elif self.program.reasons:
            why = f"stays on the bridge because {self.program.reasons[0].message}"
        else:
            why = self._ruled_out(planned)
        self._judge(planned, Strategy.BRIDGE, Tier.SAFE, (Reason(Code.PROGRAM, why, _whole(planned)),))
        if (str(top.module.path), top.node.lineno, becomes(planned).code) in self.outcome.silenced:
            return  # its author knows
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


def _whole(planned: HierarchyPlan) -> Place:
    top = planned.hierarchy.top
    return Place(str(top.module.path), top.module.source.span(top.node))


def _goes_by_way(module: Module, name: str, other: Module) -> bool:
    """Tell whether *other* says `from module import name`, or `module.name`."""
    last = module.name.split(".")[-1]
    return f"{last}.{name}" in other.source.text or any(
        imported.target.split(".")[-2:] == [last, name] for imported in other.imports
    )


def _legacy_imports(module: Module) -> Iterator[ast.stmt]:
    for imported in module.imports:
        if legacy.is_legacy(imported.target) and not imported.level:
            yield imported.node


def _imports_legacy(module: Module) -> bool:
    return any(legacy.is_legacy(imported.target) for imported in module.imports) or any(
        legacy.is_legacy(star) for star in module.stars
    )


def _result(module: Module, new: str) -> FileResult:
    return FileResult(str(module.path), module.source.raw, new.encode(module.source.encoding))
