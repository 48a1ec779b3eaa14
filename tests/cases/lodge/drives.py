"""Who is there: in a list, by names in texts, and in asyncore's map, which a session is in until it is closed."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def listed(stage: Stage) -> None:
    """Naive: an attribute that has gone, since nobody mentions it but by its name."""
    eve, fay = (stage.connect(name) for name in ("eve", "fay"))
    stage.settle()
    eve.send("tea and")
    stage.settle()
    fay.send("fay\n")
    fay.expect("guest owes tea and\nfay owes \n7 in all\n")


@drive
def just_arrived(stage: Stage) -> None:
    """Naive: whoever has just connected is not there yet when somebody counts."""
    for port, two in (("port", " owes \nguest owes \n0 in all\n"), ("port2", "2 here\n")):
        first = stage.connect(f"first on {port}", port=stage.ports[port])
        first.send("\n")
        first.expect(" owes \n0 in all\n" if port == "port" else "1 here\n")
        for number in range(6):
            late = stage.connect(f"{number} on {port}", port=stage.ports[port])
            first.send("\n")
            first.expect(two)
            late.close()
            stage.settle()


@drive
def looks_for_itself(stage: Stage) -> None:
    """Naive: a session whose peer has gone is not found by its own handle_close()."""
    ann, bob, cat = (stage.connect(name, port=stage.ports["port2"]) for name in ("ann", "bob", "cat"))
    stage.output("3 with the new one")
    bob.reset()
    stage.output("one of 3 leaves 2")
    cat.close()
    stage.output("one of 2 leaves 1")
    ann.send("leave\n")
    ann.expect("1 here\nfarewell\n")
    assert ann.rest() == b""
    stage.output("one of 1 leaves 0")
