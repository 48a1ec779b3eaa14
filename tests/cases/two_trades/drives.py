"""What one subclass overrides, and another inherits: hooks and push()."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}"), plain=True)


@drive
def endings(stage: Stage) -> None:
    """Every way to end, in both crafts."""
    for last in ("stop\n", "enough\n", "many\n", "", None):
        for craft, name in (("port", "loaves"), ("port2", "nails")):
            one = stage.connect(f"{name} {last}", port=stage.ports[craft])
            one.send("12\nhours\n3\n" + (last or ""))
            one.expect(f"open\n12 {name}\nall day\n3 {name}\n")
            if last == "enough\n":
                one.expect("goodbye\n")
            if last is None:
                one.close()
                continue
            if not last:
                one.half_close()
            assert one.rest() == b""
