"""Run a program as ``python PROGRAM`` would: what it sees of itself, and what is seen of its errors.

A file becomes a ``__main__`` module of its own, with an absolute ``__file__``, so that a daemon that changes its
directory still finds itself. What leaves the program goes to ``sys.excepthook``, its own if it has one, with a
traceback that begins in the program.
"""

from __future__ import annotations

import builtins
import errno
import importlib.machinery
import importlib.util
import io
import os
import runpy
import sys
import types
import zipfile
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_ADVICE = {
    errno.EADDRINUSE: "stop what uses it, or use another",
    errno.EADDRNOTAVAIL: "this machine has no such address",
    errno.EACCES: "that takes more rights than this process has",
}


def run_file(path: Path) -> None:
    """Run the source file, byte code file, zip file or directory at *path* as ``__main__``."""
    name = os.path.abspath(path)  # noqa: PTH100  (as Python does: links stay)
    if path.is_dir() or (path.is_file() and zipfile.is_zipfile(path)):
        runpy.run_path(name, run_name="__main__")
        return
    with io.open_code(name) as file:
        source = file.read()
    if source.startswith(importlib.util.MAGIC_NUMBER):
        runpy.run_path(name, run_name="__main__")
        return
    code = compile(source, name, "exec", dont_inherit=True)
    main = types.ModuleType("__main__")
    main.__file__ = name
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", name)
    vars(main).update(__builtins__=builtins, __cached__=None, __annotations__={})
    sys.modules["__main__"] = main
    exec(code, vars(main))  # noqa: S102  (that is what it is for)


def supervise(call: Callable[[], object], name: str) -> None:
    """Call *call*, which runs the program *name*, and have what leaves it shown as Python would show it."""

    def show(kind: type[BaseException], exc: BaseException, traceback: TracebackType | None) -> None:
        address = getattr(exc, "asyncore_address", None)
        if isinstance(exc, OSError) and address is not None and exc.errno in _ADVICE:
            sys.stderr.write(f"{name}: cannot use {address!r}: {exc.strerror}{_where(exc)}; {_ADVICE[exc.errno]}\n")
        else:
            own = _in_program(traceback)
            sys.__excepthook__(kind, exc.with_traceback(own), own)

    sys.excepthook = show
    try:
        call()
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as exc:
        if sys.excepthook is show:
            raise
        own = _in_program(exc.__traceback__)
        sys.excepthook(type(exc), exc.with_traceback(own), own)
        sys.exit(1)


def _where(exc: BaseException) -> str:
    """Say where the program made what failed: the last line of its own."""
    own, where = _in_program(exc.__traceback__), ""
    package = os.path.dirname(__file__)  # noqa: PTH120
    while own is not None:
        code = own.tb_frame.f_code
        if not code.co_filename.startswith(package):
            where = f" ({os.path.basename(code.co_filename)}, line {own.tb_lineno})"  # noqa: PTH119
        own = own.tb_next
    return where


def _in_program(traceback: TracebackType | None) -> TracebackType | None:
    """Return the part of *traceback* that begins in the program, not in what ran it."""
    runners = (__file__, runpy.__file__, os.path.join(os.path.dirname(__file__), "__main__.py"))  # noqa: PTH118, PTH120
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if filename not in runners and not filename.startswith("<frozen "):
            break
        traceback = traceback.tb_next
    return traceback
