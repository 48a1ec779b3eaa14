"""Rewrite programs on several processors.

The workers are forked, so that the project need not be sent to them: what they send back is plain data. Where a
system cannot fork, the work is done in this process.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from asyncore_codemods.index.programs import programs_of
from asyncore_codemods.rewrite.program import rewrite_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncore_codemods.findings import Outcome
    from asyncore_codemods.index import Module, Project
    from asyncore_codemods.options import Options

_FEW = 4  # programs for which a second process does not pay

_inherited: list[tuple[Project, list[Module], Options]] = []  # what a forked worker finds in its memory


class LostError(Exception):
    """A worker has not come to its end; nothing is known of what it was to do."""


def rewrite_programs(project: Project, options: Options) -> Iterator[Outcome]:
    """Yield the outcome of each program of *project*, in order. Raises LostError."""
    programs = [modules for modules in programs_of(project) if any(module.editable for module in modules)]
    jobs = min(options.jobs, len(programs) // _FEW + 1)
    if jobs < 2 or "fork" not in multiprocessing.get_all_start_methods():
        for modules in programs:
            yield rewrite_program(project, modules, options)
        return
    _inherited[:] = [(project, modules, options) for modules in programs]
    try:
        pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork"), initializer=_begin)
        with _without_interrupts():
            outcomes = [pool.submit(_work, number) for number in range(len(programs))]
        for outcome in outcomes:
            yield outcome.result()
        pool.shutdown()
    except BrokenProcessPool as error:
        raise LostError("a process that did part of the work was ended, for want of memory perhaps") from error
    except BaseException:
        # an orderly end waits for what they are doing, and is itself not proof against Ctrl-C
        with _without_interrupts():
            for worker in multiprocessing.active_children():
                worker.kill()
        raise
    finally:
        _inherited.clear()


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Have Ctrl-C wait; workers that are forked meanwhile leave it to the main process for good."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(number: int) -> Outcome:
    return rewrite_program(*_inherited[number])


def _begin() -> None:
    """End with the main process, however that is ended."""
    threading.Thread(target=_end_with_the_main_process, daemon=True).start()


def _end_with_the_main_process() -> None:
    main = multiprocessing.parent_process()
    if main is not None:
        main.join()
        os._exit(1)
