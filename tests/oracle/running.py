"""One run, many runs, and the comparison with the truth."""

from __future__ import annotations

import concurrent.futures
import os
import shutil
import tempfile
import threading
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Callable, TypeVar

from .chunking import WHOLE, Chunking
from .comparison import Comparison, compare
from .modes import Launch, Mode, environment_of
from .peers import Unmet
from .stage import Stage
from .transcript import Transcript, scrub

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .programs import Drive, Program

PROCESSES = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
"""Processes among which pytest-xdist divides the tests."""
AT_A_TIME = max(3, min(16, 2 * (os.cpu_count() or 2)) // PROCESSES)
"""Runs that go on side by side in one process."""
STDERR_KEPT = 4000
PLAYS = 3
"""How often the oracle is played before what it does not do counts as a difference, or the drive as a bad one."""
TRIES = 3
"""How often a program is started with other ports when somebody else took one of its own."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def run(program: Program, drive: Drive, mode: Mode, chunking: Chunking = WHOLE) -> Transcript:
    """Play *drive* against *program* in *mode*; return what happened, whatever happened.

    Raises what preparing the program raises (`FixFailed`), and nothing else but errors in the drive itself,
    such as a NameError.
    """
    launch = mode.launch(program)
    for _ in range(TRIES):
        transcript = _run_once(program, drive, launch, chunking)
        port_was_taken = transcript.unmet is not None and "Address already in use" in transcript.stderr
        if not port_was_taken:
            break
    return transcript


def _run_once(program: Program, drive: Drive, launch: Launch, chunking: Chunking) -> Transcript:
    directory = Path(tempfile.mkdtemp(prefix="oracle-"))
    stage = Stage(directory, chunking)
    try:
        stage.start([*launch.command, *stage.fill_in(program.arguments)], environment_of(launch))
        unmet = _play(drive, stage)
        transcript = _transcript(stage, unmet)
    finally:
        stage.close()
        shutil.rmtree(directory, ignore_errors=True)
    return drive.normalise(transcript) if drive.normalise else transcript


def _play(drive: Drive, stage: Stage) -> str | None:
    """Play the drive; return the first thing it waited for in vain, with its place in the script."""
    try:
        drive.play(stage)
        stage.settle()
    except (Unmet, AssertionError) as unmet:
        stage.settle()
        source = drive.play.__code__.co_filename
        here = [f for f in traceback.extract_tb(unmet.__traceback__) if f.filename == source]
        place = f"\nat {Path(source).name}, line {here[-1].lineno}: {here[-1].line}" if here else ""
        late = "\n(the time for the whole run is used up)" if stage.pump.out_of_time else ""
        return f"{str(unmet) or 'an assertion of the drive failed'}{place}{late}"
    return None


def _transcript(stage: Stage, unmet: str | None) -> Transcript:
    status = stage.process.status
    names, directory = stage.names_of_ports(), str(stage.directory)
    return Transcript(
        {name: peer.record() for name, peer in stage.peers.items()},
        tuple(scrub(line, names, directory) for line in stage.lines()),
        "running" if status is None else status,
        tuple(scrub(note, names, directory) for note in stage.notes),
        None if unmet is None else scrub(unmet, names, directory),
        stage.process.stderr.decode("utf-8", "replace")[-STDERR_KEPT:],
    )


def side_by_side(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return ``[work(item) for item in items]``, a few at a time; the first error is raised when all are done."""
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        futures = [pool.submit(work, item) for item in items]
        concurrent.futures.wait(futures)
    return [future.result() for future in futures]


class Truth:
    """What the oracle says of each program, drive and chunking, which is remembered."""

    def __init__(self, stdlib: Mode) -> None:
        self.stdlib = stdlib
        self._known: dict[tuple[Path, str, str], Transcript] = {}
        self._locks: dict[tuple[Path, str, str], threading.Lock] = {}
        self._lock = threading.Lock()

    def of(self, program: Program, drive: Drive, chunking: Chunking) -> Transcript:
        """Return the oracle's transcript.

        Raises `BadDrive` where the drive does not play on the oracle itself.
        """
        key = (program.directory, drive.name, chunking.name)
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._known:
                for _ in range(PLAYS):
                    transcript = run(program, drive, self.stdlib, chunking)
                    if transcript.unmet is None:  # else a bad drive, or asyncore has tripped over its own threads
                        break
                else:
                    raise BadDrive(program, drive, chunking, transcript)
                first = self._known.get((program.directory, drive.name, drive.chunkings[0].name))
                self._known[key] = first if transcript == first else transcript  # they hold megabytes
        return self._known[key]

    def check(self, program: Program, drive: Drive, mode: Mode, chunking: Chunking = WHOLE) -> Comparison:
        """Run the program in *mode* and compare it with the truth.

        What differs is compared with further runs of the oracle: where the stdlib itself does now this and now
        that, either is right, and the comparison says so (`Comparison.varies`).
        """
        launch = mode.launch(program)
        silent = [name for name in drive.tolerates if launch.rewritten and name not in launch.announced]
        title = f"{program.name}/{drive.name}, cut: {chunking}"
        got = run(program, drive, mode, chunking)

        def compared_with(wanted: Transcript) -> Comparison:
            return compare(
                wanted,
                got,
                title=title + "".join(f", {name} not announced" for name in silent),
                sides=(str(self.stdlib), str(mode)),
                rewritten=launch.rewritten,
                tolerate=[name for name in drive.tolerates if name in launch.announced],
                strict_endings=drive.strict_endings,
            )

        first = compared_with(self.of(program, drive, chunking))
        for _ in range(PLAYS - 1):
            if first.same:
                break
            again = compared_with(run(program, drive, self.stdlib, chunking))
            if again.same:
                return replace(again, varies=True)
        return first

    def check_itself(self, program: Program, drive: Drive, chunking: Chunking) -> Comparison:
        """Compare the oracle with itself: cut like this against cut as in the drive's first chunking.

        For that first chunking, and for drives that vary, against a second run of the same.
        """
        first = chunking if drive.varies else drive.chunkings[0]
        wanted = self.of(program, drive, first)
        again = chunking == first
        got = run(program, drive, self.stdlib, chunking) if again else self.of(program, drive, chunking)
        return compare(
            wanted,
            got,
            title=f"{program.name}/{drive.name} on the {self.stdlib} itself",
            sides=(f"cut: {first}", f"cut: {chunking}" + " (again)" * again),
            strict_endings=drive.strict_endings,
        )


class BadDrive(Exception):
    """A drive expects something that the stdlib itself does not do: the drive is wrong, or the helper."""

    def __init__(self, program: Program, drive: Drive, chunking: Chunking, transcript: Transcript) -> None:
        super().__init__(
            f"{program.name}/{drive.name} [{chunking}] does not play on the oracle: {transcript.unmet}\n"
            f"stdout: {list(transcript.stdout[-8:])}\nstderr: {transcript.stderr[-1500:]}"
        )
