"""The new text of a file: changes are placed, imports are settled, and the result is verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.plan.changes import FileChanges
from asyncore_codemods.rewrite.bridge_imports import share_imports
from asyncore_codemods.rewrite.imports import move_to_bridge, settle_imports
from asyncore_codemods.rewrite.names import spell_out
from asyncore_codemods.rewrite.place import apply_changes
from asyncore_codemods.verify import verify_bridged, verify_shared, verify_streams

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from asyncore_codemods.index import Module
    from asyncore_codemods.spans import Span


def streams_text(
    module: Module, changes: FileChanges, target: tuple[int, int], starred: Collection[str] = ()
) -> str:
    """Return the text of *module* with *changes*, free of the removed modules; raises RewriteError.

    *starred* are the names of modules that star imports give to something else.
    """
    old, path = module.source.text, str(module.path)
    new = settle_imports(old, spell_out(old, apply_changes(old, changes), starred), starred)
    verify_streams(old, new, path, changes, target)
    return new


def shared_text(
    module: Module,
    changes: FileChanges,
    target: tuple[int, int],
    shared: set[str],
    starred: Collection[str] = (),
) -> str:
    """Return the text of *module* with *changes*, the rest of it on the bridge; raises RewriteError.

    *shared* are the removed modules that other files use by way of this one; *starred* as for streams_text().
    """
    old, path = module.source.text, str(module.path)
    new = share_imports(old, spell_out(old, apply_changes(old, changes), starred), shared, starred)
    verify = verify_shared if refers_to_bridge(new) else verify_streams
    verify(old, new, path, changes, target)
    return new


def bridged_text(
    module: Module, changes: FileChanges, target: tuple[int, int], expressions: Mapping[Span, str]
) -> str:
    """Return the text of *module* on the bridge, with *changes*, if there are any; raises RewriteError.

    *expressions* are changed in any case.
    """
    old, path = module.source.text, str(module.path)
    if changes:
        changes.expressions.update(expressions)
    elif expressions:
        old = apply_changes(old, FileChanges(expressions=dict(expressions)))
    if not changes:
        new = move_to_bridge(old)
        verify_bridged(old, new, path, target)
    else:
        new = share_imports(old, apply_changes(old, changes))
        verify_shared(old, new, path, changes, target)
    return new


def refers_to_bridge(text: str) -> bool:
    """Tell whether *text* imports something from the bridge."""
    return legacy.BRIDGE in text
