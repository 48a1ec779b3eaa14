"""Listeners that make their sessions with what they were given: a lambda, a partial, a function."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}", "{port4}", "{port5}", "{port6}"), plain=True)


@drive
def through_every_door(stage: Stage) -> None:
    guest = stage.connect("guest")
    guest.expect("your name?\n")
    guest.send("ann\n")
    guest.expect("guest ann, number 1\n")
    friend = stage.connect("friend", port=stage.ports["port2"])
    friend.expect("your name?\n")
    friend.send("bob\n")
    friend.expect("friend bob, number 2\n")
    actor = stage.connect("actor", port=stage.ports["port3"])
    actor.expect("your name?\n")
    actor.send("cid\n")
    actor.expect("actor cid, number 1\n")
    critic = stage.connect("critic", port=stage.ports["port4"])
    critic.expect("your name?\nbe kind\n")
    critic.send("dan\n")
    critic.expect("critic from 127.0.0.1, dan, number 3\n")
    assert stage.connect("mute", port=stage.ports["port5"]).rest() == b"...\n"
    assert stage.connect("shy", port=stage.ports["port6"]).rest() == b"...\n"
    guest.close()
    critic.half_close()
    assert critic.rest() == b""
