"""A depot: headers up to an empty line, then a counted body; the terminator changes as the session goes."""

from __future__ import annotations

from oracle import FLUSH_ON_EOF, Program, Stage, drive

PROGRAM = Program(("{port}",), plain=True)


def request(*headers: str, body: bytes = b"") -> bytes:
    lines = [*headers, *([f"length: {len(body)}"] if body else [])]
    return "\n".join(lines).encode() + b"\n\n" + body


@drive
def deposit_and_fetch(stage: Stage) -> None:
    """Out of one connection, into another.

    Naive: the body's bytes are searched for the header's terminator.
    """
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send(request("deposit: one", body=b"a\n\nb: c\n\n"))
    ann.expect("status: stored\nlength: 0\n\n")
    bob.send(request("Fetch:one"))
    bob.expect("status: here\nlength: 9\n\na\n\nb: c\n\n")
    bob.send(request("fetch: two", "last: yes"))
    bob.expect("status: failed\nlength: 17\n\nno parcel for two")
    bob.rest()
    stage.output("customer 1 left, idle")
    ann.close()
    stage.output("customer 2 left, idle")


@drive
def pipelined(stage: Stage) -> None:
    """Several requests at once. Naive: what came behind the first one in the same read is lost."""
    ann = stage.connect("ann")
    ann.send(
        request("deposit: a", body=b"x")
        + request("deposit: b", body=b"length: 3\n\nabc")
        + request("fetch: a")
        + request("fetch: b")
        + request("colour: red", "about: nothing", body=b"ignored")
        + request("fetch: a", "last: yes")
    )
    ann.expect("status: stored\nlength: 0\n\n" * 2)
    ann.expect("status: here\nlength: 1\n\nxstatus: here\nlength: 14\n\nlength: 3\n\nabc")
    ann.expect("status: what\nlength: 19\n\nabout,colour,length")
    ann.expect("status: here\nlength: 1\n\nx")
    assert ann.rest() == b""


@drive
def newlines_in_between(stage: Stage) -> None:
    r"""The terminator ``\n\n`` in runs of newlines.

    Naive: blank lines are skipped; the terminator is matched at its last place.
    """
    ann = stage.connect("ann")
    ann.send("\n\n")
    ann.expect("status: what\nlength: 0\n\n")
    ann.send("\nfetch: x\n\n\n\n")
    ann.expect("status: failed\nlength: 15\n\nno parcel for x")
    ann.expect("status: what\nlength: 0\n\n")
    ann.send(request("deposit: empty", "length: 0") + request("fetch: empty"))
    ann.expect("status: stored\nlength: 0\n\nstatus: here\nlength: 0\n\n")


@drive
def heavy_parcel(stage: Stage) -> None:
    """Half a megabyte, and headers of 100 KB. Naive: both run into the 64 KiB limit of StreamReader."""
    ann = stage.connect("ann")
    body = bytes(range(256)) * 2000
    ann.send(request("deposit: big", "comment: " + "c" * 100_000, body=body))
    ann.expect("status: stored\nlength: 0\n\n")
    ann.send(request("fetch: big"))
    ann.expect(b"status: here\nlength: 512000\n\n" + body)


@drive
def cut_short(stage: Stage) -> None:
    """A body that never was complete is no parcel.

    Naive: the partial body is stored, or the hook does not run.
    """
    ann, bob, eve = (stage.connect(name) for name in ("ann", "bob", "eve"))
    ann.send(b"deposit: x\nlength: 10\n\nonly 9 by")
    ann.half_close()
    assert ann.rest() == b""
    stage.output("customer 1 left, in a parcel")
    bob.send(b"deposit: x\nlength: 10\n\nonly")
    stage.settle()
    bob.reset()
    stage.output("customer 2 left, in a parcel")
    eve.send(request("fetch: x"))
    eve.expect("status: failed\nlength: 15\n\nno parcel for x")


@drive(tolerates=(FLUSH_ON_EOF,))
def half_close_with_output_pending(stage: Stage) -> None:
    """Who half-closes with megabytes pending loses them: end of file closes.

    Naive or not, streams code delivers them.
    """
    ann = stage.connect("ann")
    body = bytes(1_000_000) + b"end"
    ann.send(request("deposit: big", body=body), whole=True)
    ann.expect("status: stored\nlength: 0\n\n")
    slow = stage.connect("slow", reading=False, small_buffers=True)
    answer = b"status: here\nlength: 1000003\n\n" + body
    slow.send(request("fetch: big") * 12, whole=True)
    slow.wants_all_of(answer * 12)
    stage.settle()
    slow.half_close()
    stage.settle()
    slow.resume()
    slow.rest()
    stage.output("customer 1 left, idle")


@drive
def bad_length(stage: Stage) -> None:
    """An error in a handler costs one customer. Naive: it ends the server, or the hook does not run."""
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send("deposit: x\nlength: many\n\n")
    ann.rest()
    stage.output("customer 1 left")
    bob.send(request("fetch: x"))
    bob.expect("status: failed\nlength: 15\n\nno parcel for x")
