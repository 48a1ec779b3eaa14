"""Clients made by a listener's constructor, and by what a session's handler calls; each keeps its own time."""

from __future__ import annotations

from oracle import Program, Stage, drive

PROGRAM = Program(("{port}", "{peer}"), plain=True)


@drive
def two_at_once(stage: Stage) -> None:
    archive = stage.servers["peer"]
    news = archive.accept("news")
    news.expect("news\n")
    one = stage.connect("one")
    one.send("who\n")
    who = archive.accept("who")
    who.expect("who\n")
    one.send("when\npost hello\n")  # does not wait for the first answer
    when = archive.accept("when")
    when.expect("when\n")
    news.expect("hello\n")
    when.send("then\n")
    one.expect("asking who, 1 open\nasking when, 2 open\nanswer: then\n")
    when.close()
    one.expect("1 answers, 1 open\n")
    news.send("it rains\n")
    one.expect("news: it rains\n")
    who.send("she\nand he\n")
    one.expect("answer: she\nanswer: and he\n")
    who.close()
    one.expect("2 answers, 0 open\n")
    one.send("bye\n")
    assert one.rest() == b""


@drive
def refused(stage: Stage) -> None:
    archive = stage.servers["peer"]
    news = archive.accept("news")
    news.expect("news\n")
    one = stage.connect("one")
    one.send("post x\n")
    news.expect("x\n")
    archive.close()
    one.send("who\n")
    one.expect("asking who, 1 open\n0 answers, 0 open\n")
    news.close()
    one.expect("no more news\n")
    one.send("post y\nwhat\n")
    one.expect("nowhere to post to\nasking what, 1 open\n0 answers, 0 open\n")


@drive
def interrupted(stage: Stage) -> None:
    archive = stage.servers["peer"]
    news = archive.accept("news")
    news.expect("news\n")
    one = stage.connect("one")
    one.send("who\n")
    who = archive.accept("who")
    who.expect("who\n")
    one.expect("asking who, 1 open\n")
    stage.interrupt()
    stage.exits()
    assert who.rest() == b""
    assert news.rest() == b""
