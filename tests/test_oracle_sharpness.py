"""A test that cannot fail proves nothing: wrong replacements of the old modules, and wrong ports, must be noticed.

The flaws live in ``tests/flaws``, one mistake each in the stdlib's own classes; each must be noticed by the drives
named here. The slips live beside the ports that were written by hand: a port passes every drive, a port with a slip
does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import oracle
from oracle import Comparison, Drive, Mode, Program, Script, Truth
from oracle.modes import Launch, Stdlib

if TYPE_CHECKING:
    from collections.abc import Iterable

FLAWS = Path(__file__).with_name("flaws")

NOTICED_BY = {
    # framing
    "torn_terminators_missed": [
        "hash_frames/terminator_in_pieces",
        "guestbook/split_characters",
        "mailroom/writing",
    ],
    "whole_frames_only": ["collector/nameless", "hooks/last_words"],
    "counted_bodies_held": ["struct_frames/seen_while_it_comes"],
    "counts_are_kept": ["struct_frames/count_is_for_once"],
    "one_frame_a_read": ["parcel_depot/pipelined", "http_server/pipelined", "chat_room/conversation"],
    "closing_stops_parsing": ["commands/commands_after_closing", "http_server/put_after_close"],
    "blanks_stripped": ["line_echo/blanks_and_controls", "guestbook/sign_and_read"],
    "empty_frames_skipped": ["line_echo/empty_lines", "parcel_depot/newlines_in_between"],
    "limit_of_64_kib": ["hash_frames/blob", "http_server/big_bodies", "parcel_depot/heavy_parcel"],
    "errors_skip_a_frame": ["commands/error_in_the_middle_of_a_packet"],
    "tail_is_a_frame": ["guestbook/deserter", "collector/nameless", "bot/thrown_out"],
    # output
    "pushes_go_out_later": ["chat_room/sending_to_a_dead_member", "hooks/push_then_close"],
    "close_when_done_drops": [
        "greeter/slow_reader",
        "guestbook/long_reply",
        "http_server/close_delivers_everything",
    ],
    "close_delivers": ["parcel_depot/half_close_with_output_pending", "greeter/half_closing_guest"],
    "producers_drained_at_once": ["file_server/lazily"],
    "pushes_overtake_producers": ["file_server/all_kinds"],
    "push_after_done_is_sent": ["commands/commands_after_goodbye"],
    "slow_readers_block": ["chat_room/slow_member", "shout/all_before_reading"],
    "output_read_off": ["struct_frames/all_before_reading", "shout/half_close_with_output_pending"],
    # life cycle
    "connected_too_early": ["hooks/far_end_closes"],
    "refusal_is_a_close": ["forwarder/nobody_there", "hooks/refused"],
    "eof_skips_the_hook": ["parcel_depot/cut_short", "forwarder/far_end_leaves"],
    "hook_runs_once": ["hooks/last_words"],
    "reset_is_an_error": ["http_client/bad_servers", "line_echo/vanishing_peer", "mailroom/burning"],
    "errors_end_the_program": ["hash_frames/crash", "file_server/broken_producer"],
    "exit_is_an_error": ["commands/stop"],
    "loop_never_ends": ["udp_echo/stopping", "http_client/three_pages"],
    "passes_wait_for_events": ["ticker/reminders", "ticker/idlers"],
    "readable_not_asked": ["forwarder/flow_control"],
    "mail_of_any_size": ["smtp_sink/too_much"],
}


@dataclass(frozen=True)
class Flawed(Stdlib):
    """The stdlib's modules with a mistake in them."""

    flaw: str = ""

    def launch(self, program: oracle.Program) -> Launch:
        launch = super().launch(program)
        python, *rest = launch.command
        return Launch((python, str(FLAWS), self.flaw, *rest), launch.environment)

    def __str__(self) -> str:
        return f"the stdlib with {self.flaw}"


def check(truth: Truth, mode: Mode, names: Iterable[str]) -> dict[str, list[Comparison]]:
    """Play drives, named PROGRAM/DRIVE, with all their chunkings."""
    runs = [(name, chunking) for name in names for chunking in find(name)[1].chunkings]
    outcomes = oracle.side_by_side(lambda run: truth.check(*find(run[0]), mode, run[1]), runs)
    comparisons: dict[str, list[Comparison]] = {}
    for run, comparison in zip(runs, outcomes):
        comparisons.setdefault(run[0], []).append(comparison)
    return comparisons


def find(name: str) -> tuple[Program, Drive]:
    """Return the program and the drive of PROGRAM/DRIVE."""
    program = oracle.load(name.partition("/")[0])
    return program, program.drives[name.partition("/")[2]]


def notices(truth: Truth, mode: Mode, name: str) -> bool:
    """Say whether a drive notices that something is wrong, with any of its chunkings."""
    program, drive = find(name)
    return not all(truth.check(program, drive, mode, chunking).same for chunking in drive.chunkings)


@pytest.fixture
def impatient(monkeypatch):
    """Give up soon: most of what is played here hangs, and nothing that must pass is played."""
    monkeypatch.setattr("oracle.stage.PATIENCE", 2.0)
    monkeypatch.setattr("oracle.stage.ASLEEP", 0.2)


@pytest.mark.parametrize("flaw", NOTICED_BY)
def test_a_flawed_replacement_is_noticed(truth, flaw, request):
    mode = Flawed(truth.stdlib.python, truth.stdlib.pythonpath, flaw)
    names = NOTICED_BY[flaw]
    runs = [(name, chunking) for name in names for chunking in find(name)[1].chunkings]
    oracle.side_by_side(lambda run: truth.of(*find(run[0]), run[1]), runs)
    request.getfixturevalue("impatient")
    noticed = oracle.side_by_side(lambda name: notices(truth, mode, name), names)
    blind = [name for name, notice in zip(names, noticed) if not notice]
    assert not blind, f"these drives do not notice {flaw}"


def test_without_a_flaw_the_same_machinery_is_noticed_by_no_drive(truth, same):
    mode = Flawed(truth.stdlib.python, truth.stdlib.pythonpath, "no_flaw")
    drives = sorted({names[0] for names in NOTICED_BY.values()})
    for found in check(truth, mode, drives).values():
        same(*found)


@pytest.mark.parametrize("name", oracle.ported())
def test_a_careful_port_passes_every_drive(truth, same, name):
    mode = Script(oracle.this_python(), path=oracle.port_of(name))
    for found in check(truth, mode, [f"{name}/{drive}" for drive in oracle.load(name).drives]).values():
        same(*found)


SLIPS = [
    pytest.param(name, slip, id=f"{name}-{slip}") for name in oracle.ported() for slip in oracle.slips_of(name)
]


@pytest.mark.parametrize(("name", "slip"), SLIPS)
def test_a_slip_in_a_port_is_noticed(truth, tmp_path, name, slip, impatient):
    path = tmp_path / "main.py"
    path.write_text(slip.make(oracle.port_of(name).read_text()))
    assert notices(truth, Script(oracle.this_python(), path=path), f"{name}/{slip.caught_by}")


def test_every_program_has_a_drive_that_is_known_to_be_sharp():
    sharp = {name.partition("/")[0] for names in NOTICED_BY.values() for name in names}
    assert sharp | set(oracle.ported()) == set(oracle.names())
