"""handle_close() leaves the channel open, which asyncore never noticed; and send() with close_when_done()."""

from __future__ import annotations

from dataclasses import replace

from oracle import WHOLE, Program, Stage, Transcript, drive

PROGRAM = Program(("{port}", "{port2}", "{port3}"))


def once(transcript: Transcript) -> Transcript:
    """asyncore's loop calls such a hook again and again, and never hangs up."""
    ends = {name: "open" if one.ended == "eof" else one.ended for name, one in transcript.connections.items()}
    connections = {name: replace(one, ended=ends[name]) for name, one in transcript.connections.items()}
    return replace(transcript, connections=connections, stdout=tuple(dict.fromkeys(transcript.stdout)))


@drive(normalise=once)
def leaves(stage: Stage) -> None:
    """Naive: who has left is left in the house."""
    ann = stage.connect("ann")
    ann.send("name ann\r\n")
    ben = stage.connect("ben")
    ben.send("name ben\r\ntell ben hello\r\n")
    ben.expect("hello\r\n")
    ben.send("tell ann psst\r\n")
    ann.expect("psst\r\n")
    ben.close()
    stage.output("ben has left")
    ann.send("tell ann me\r\n")
    ann.expect("me\r\n")
    ann.send("bye\r\n")
    ann.expect("bye, ann\r\n")
    stage.output("ann has left")


@drive
def one_command(stage: Stage) -> None:
    ann = stage.connect("ann", port=stage.ports["port2"])
    ann.send("wait\n")
    assert ann.rest() == b"done: wait\n"


@drive(chunkings=(WHOLE,))
def doubts(stage: Stage) -> None:
    cleo = stage.connect("cleo", port=stage.ports["port3"])
    cleo.send("one\n")
    cleo.expect("still here\n")
    stage.output("told 3")
    cleo.send("more than enough\n")
    assert cleo.rest() == b""
