"""Run many small scripts from one interpreter, each in a forked child of its own: much cheaper than a process each.

They wait most of the time, so some of them run side by side.

Started in the interpreter under test: ``many_runs.py stdlib|bridge|uvloop``; reads a JSON list of argument lists
from its standard input, and writes the list of what came out to its standard output: exit status (negative for a
signal's number), output, errors.
"""

import asyncio
import contextlib
import json
import os
import runpy
import signal
import sys
import tempfile
import traceback
import warnings

PATIENCE = 30
"""Seconds that one script may take: many times what it needs, for a machine that is busy."""

SIDE_BY_SIDE = 2  # of each kind of interpreter, and there are three


def prepare(kind):
    """Import what the scripts need, so that each child finds it there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if kind != "stdlib":
            import asyncore_bridge

            asyncore_bridge.install()
        if kind == "uvloop":
            import uvloop

            asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
        import asynchat  # noqa: F401
        import asyncore  # noqa: F401
        import smtpd  # noqa: F401


def run(arguments):
    """Run one script and return ``[status, stdout, stderr]``."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os._exit(play(arguments))
        _, status = os.waitpid(child, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="backslashreplace"))
    return [os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status), *texts]


def play(arguments):
    """In the child: be that script, and return its exit status."""
    signal.alarm(PATIENCE)
    sys.argv = arguments
    sys.path.insert(0, os.path.dirname(arguments[0]))
    sys.stdin = open(os.devnull)  # noqa: SIM115  (the child's own)
    status = 0
    try:
        runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as exc:
        status = exc.code if isinstance(exc.code, int) else exc.code is not None
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return int(status)


def run_share(jobs, results):
    """In a forked worker: run *jobs* one after the other, and write what came out to the file *results*."""
    try:
        json.dump([run(arguments) for arguments in jobs], results)
        results.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)  # without results if that went wrong, which the main process notices


def main():
    prepare(sys.argv[1])
    jobs = json.load(sys.stdin)
    results = [None] * len(jobs)
    with contextlib.ExitStack() as stack:
        workers = []
        for number in range(SIDE_BY_SIDE):
            file = stack.enter_context(tempfile.TemporaryFile("w+"))
            worker = os.fork()
            if not worker:
                run_share(jobs[number::SIDE_BY_SIDE], file)
            workers.append((worker, file))
        for number, (worker, file) in enumerate(workers):
            os.waitpid(worker, 0)
            file.seek(0)
            results[number::SIDE_BY_SIDE] = json.load(file)
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
