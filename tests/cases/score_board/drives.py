"""Goals on all boards, of which some go dark: by themselves, by the program, and by accident."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


@drive
def goals(stage: Stage) -> None:
    """One board after the other goes, and is missed when there is something to show."""
    names = ("one", "two", "three", "four")
    boards = [stage.connect(name) for name in names]
    for number, board in enumerate(boards, 1):
        board.expect(f"board {number}\n")
    one, two, three, four = boards
    two.send("home\n")
    for board in boards:
        board.expect("home 1\n")
    three.close()
    two.send("away\n")
    for board in (one, two, four):
        board.expect("away 1\n")
    stage.output("a board is dark, 3 are lit")
    two.send("nobody\n")
    for board in (one, two, four):
        board.expect("nobody 1\n")
    two.rest()
    one.send("home\n")
    one.expect("home 2\n")
    four.expect("home 2\n")
    stage.output("a board is dark, 2 are lit")
    four.reset()
    one.send("home\n")
    one.expect("home 3\n")
    stage.output("a board is dark, 1 are lit")
