"""Rewrite one program, or move it to the bridge; what is said of that is put together in program_report.py."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.families.commands import Command, commands_of, texts_of
from asyncore_codemods.analyse.values.module_names import names_of, starred_names
from asyncore_codemods.codes import Code
from asyncore_codemods.findings import FileResult, Finding, Outcome, Strategy
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.nodes import walk
from asyncore_codemods.plan.looping.loop_sites import LoopPlan, plan_loop_sites
from asyncore_codemods.plan.mail.mail_channels import MailChannelPlan
from asyncore_codemods.plan.mail.mail_servers import MailServerPlan
from asyncore_codemods.plan.programs import plan_program
from asyncore_codemods.rewrite.errors import RewriteError, StaysError
from asyncore_codemods.rewrite.hiding import hiding_file
from asyncore_codemods.rewrite.permissions import Permissions
from asyncore_codemods.rewrite.program_report import ProgramReport, whole_of
from asyncore_codemods.rewrite.streams import complete_changes
from asyncore_codemods.spans import Place
from asyncore_codemods.suppress import suppressions_of

if TYPE_CHECKING:
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.options import Options
    from asyncore_codemods.plan.changes import FileChanges
    from asyncore_codemods.plan.program_plan import ProgramPlan


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
        self.permissions = Permissions(program, options)
        self.report = ProgramReport(self.permissions, outcome)

    def run(self) -> None:
        elsewhere = self._elsewhere
        hiding = hiding_file(self._moving)
        if elsewhere is not None:  # before Python 3.12, one half would wait for the other for ever
            self._leave(Code.OUTSIDE, f"part of the program is in {elsewhere.path}, which was not given")
        elif hiding is not None:
            self._leave(Code.INTERNALS, f"cannot import {hiding.stem}: {hiding} is in its place, to be renamed")
        elif self.program.converted and self.options.level == "streams" and self._may_rewrite():
            try:
                self._to_streams()
            except StaysError as error:
                self._keep(error)
                self._to_bridge()
            except RewriteError as error:
                top = self.program.hierarchies[0].hierarchy.top
                self.report.add_failure(str(top.module.path), top.node.lineno, str(error))
                self._to_bridge()
        else:
            self._to_bridge()

    @property
    def _moving(self) -> list[Module]:
        """The files that were given and use removed modules."""
        return [module for module in self.program.modules if module.editable and module.imports_legacy]

    @property
    def _elsewhere(self) -> Module | None:
        """A file of the program that uses removed modules and was not given: it would have another socket map."""
        others = (m for m in self.program.modules if not m.editable and m.imports_legacy)
        return next(others, None) if self._moving else None

    def _leave(self, code: Code, message: str) -> None:
        """Write nothing, for a reason that every file has."""
        reasons = []
        for module in self._moving:
            first = next(iter(module.legacy_imports), module.source.tree.body[0])
            reasons.append(Reason(code, message, Place(str(module.path), module.source.span(first))))
        for reason in reasons:
            self.report.add_reason(reason, "")
        for planned in self.program.hierarchies:
            self.report.judge(planned, Strategy.REFUSED, None, reasons[:1])

    def _may_rewrite(self) -> bool:
        """Tell whether neither the options nor a comment keep the program from being rewritten."""
        permitted = self.permissions.kept_by is None and self.permissions.allows_differences
        return self.options.wants(Code.STREAMS) and permitted

    def _keep(self, error: StaysError) -> None:
        """Keep the program on the bridge because a file cannot have what the new code needs."""
        self.outcome.findings.clear()  # those of a file that was done before it
        mine = [h for h in self.program.converted if str(h.hierarchy.top.module.path) == error.path]
        for planned in mine or self.program.converted[:1]:
            planned.reasons.append(Reason(Code.INTERNALS, str(error), whole_of(planned)))
            self.program.reasons.append(planned.reasons[-1])

    # -- to streams

    def _to_streams(self) -> None:
        # the imports of a mixed program depend on its new text, and so does whether names are in its way
        if self.options.rewrite or self.program.bridged or any(map(self._clashes, self.program.modules)):
            self._rewrite()
        self.report.add_rewritten()
        if self.program.bridged:
            self.report.add_reasons(self.program.bridged)

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
                self.report.add_commands(module, commands)
        touched = [m for m in self.program.modules if str(m.path) in changes.files or m.imports_legacy]
        for module in touched:
            if not module.editable:
                continue
            new = self._rewritten(module, changes.of(str(module.path)))
            texts[str(module.path)] = new
            files.append(_result(module, new))
            if self.program.bridged and refers_to_bridge(new):
                self.report.add_imports(module)
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

    # -- to the bridge

    def _to_bridge(self) -> None:
        files = []
        loops = self._plan_loops()
        for module in self.program.modules:
            commands = self._commands(module)
            if not module.editable or not (commands or module.imports_legacy):
                continue
            self.report.add_imports(module)
            if not self.options.wants(Code.IMPORT) or self.permissions.kept_import(module) is not None:
                continue
            if self.options.rewrite:
                try:
                    files.append(self._bridged(module, loops.changes.of(str(module.path)), commands))
                except RewriteError as error:
                    self.report.add_failure(str(module.path), 1, str(error))
                    continue
            self.report.add_loops(module, loops)
            self.report.add_commands(module, commands)
        for reason in loops.reasons:
            self.report.add_reason(reason, "")
        self.outcome.files += files
        self.outcome.groups.append([file for file in files if file.changed])
        told = len(self.outcome.findings)
        self.report.add_reasons(self.program.hierarchies)
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


def _goes_by_way(module: Module, name: str, other: Module) -> bool:
    """Tell whether *other* says `from module import name`, or `module.name`."""
    last = module.name.split(".")[-1]
    return f"{last}.{name}" in other.source.text or any(
        imported.target.split(".")[-2:] == [last, name] for imported in other.imports
    )


def _result(module: Module, new: str) -> FileResult:
    return FileResult(str(module.path), module.source.raw, new.encode(module.source.encoding))
