"""Play drives by hand: ``python -m oracle PROGRAM [DRIVE ...]`` (in ``tests``), to look into a failing test.

Prints the comparison with the stdlib, or with ``--transcript`` what happened, as JSON.
"""

from __future__ import annotations

import argparse
import sys

from . import chunking, pythons
from .finding import OracleMissing, find_oracle
from .fixing import FixFailed
from .modes import Bridge, Fixed, Mode, Stdlib, Transports
from .process import restore_interrupts
from .programs import load, names
from .running import BadDrive, Truth, run


def main() -> int:
    """Run the command; return 1 where something differs."""
    options = _parser().parse_args()
    restore_interrupts()
    try:
        truth = Truth(Stdlib.of(find_oracle()))
        mode = _mode(options.mode, truth)
        cuts = [chunking.by_name(options.chunking)] if options.chunking else None
        return _play(options, truth, mode, cuts)
    except (BadDrive, FixFailed, OracleMissing, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m oracle", description=__doc__.partition("\n")[0])
    parser.add_argument("program", choices=names(), metavar="PROGRAM", help=", ".join(names()))
    parser.add_argument("drives", nargs="*", metavar="DRIVE", help="all of them unless named")
    parser.add_argument(
        "--mode", default="bridge", help="stdlib, bridge, transports or fixed, then @3.13 and +uvloop as wanted"
    )
    parser.add_argument("--chunking", help="whole, bytes, random or random-SEED; all of the drive's unless named")
    parser.add_argument("--transcript", action="store_true", help="print what happened instead of comparing it")
    return parser


def _mode(text: str, truth: Truth) -> Mode:
    """Read ``bridge@3.13+uvloop`` and its like."""
    rest, _, loop = text.partition("+")
    kind, _, version = rest.partition("@")
    found = {python.label: python for python in pythons.available().values()}
    python = found.get(version) if version else pythons.this_python()
    if kind == "stdlib" and not version:
        return truth.stdlib
    if python is None or kind not in _KINDS or loop not in {"", "uvloop"}:
        raise ValueError(
            f"no mode {text!r}: stdlib, or {', '.join(_KINDS)} with @ one of {', '.join(found)}, and +uvloop"
        )
    return _KINDS[kind](python, loop == "uvloop")


_KINDS = {"bridge": Bridge, "transports": Transports, "fixed": Fixed}


def _play(options: argparse.Namespace, truth: Truth, mode: Mode, cuts: list[chunking.Chunking] | None) -> int:
    program = load(options.program)
    unknown = set(options.drives) - set(program.drives)
    if unknown:
        raise ValueError(f"{program.name} has no drive {', '.join(unknown)}, but {', '.join(program.drives)}")
    differs = False
    for name in options.drives or program.drives:
        drive = program.drives[name]
        for cut in cuts or drive.chunkings:
            if options.transcript:
                print(run(program, drive, mode, cut).to_json())
                continue
            comparison = truth.check(program, drive, mode, cut)
            differs |= not comparison.same
            print(comparison)
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
