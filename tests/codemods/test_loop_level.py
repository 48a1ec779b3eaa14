"""`--level loop`: classes stay on the bridge, asyncio.run() runs them. test_programs.py plays it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from case_files import fix

from asyncore_codemods.pipeline import Options

if TYPE_CHECKING:
    from pathlib import Path

    from asyncore_codemods.findings import Outcome

LEVEL = Options(level="loop")


def loop(directory: Path, source: str) -> tuple[Outcome, str]:
    path = directory / "main.py"
    path.write_text(textwrap.dedent(source))
    outcome = fix(directory, LEVEL)
    assert not outcome.errors
    return outcome, path.read_text()


def reasons(outcome: Outcome) -> list[str]:
    return [f.message for f in outcome.findings if f.code.value == "LOOP"]


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("asyncore.loop(timeout=1, count=1)", "a number of times"),
        ("asyncore.loop(1, False, None, 1)", "a number of times"),
        ("asyncore.loop(**options)", "cannot be seen"),
        ("asyncore.loop(*options)", "cannot be seen"),
        ("asyncore.loop(handler=options)", "cannot be seen"),
        ("asyncore.loop(timeout=options.pop())", "computes an argument"),
        ("start(asyncore.loop)", "passes asyncore.loop on"),
        ("Thread(None, asyncore.loop)", "passes asyncore.loop on"),
        ("Thread(target=asyncore.loop, kwargs=options)", "cannot be seen"),
    ],
)
def test_what_is_more_than_a_loop_stays(tmp_path: Path, call: str, why: str) -> None:
    source = f"import asyncore\nfrom threading import Thread\nfrom it import start, options\n\n{call}\n"
    outcome, text = loop(tmp_path, source)
    assert text == source.replace("import asyncore", "from asyncore_bridge import asyncore", 1)
    assert any(why in message for message in reasons(outcome))


def test_a_name_that_the_author_uses_is_not_taken(tmp_path: Path) -> None:
    outcome, text = loop(tmp_path, "import asyncore\n\ndef until_empty():\n    asyncore.loop()\n")
    assert "asyncore.loop()" in text
    assert "the program already has something called until_empty" in reasons(outcome)


def test_a_loop_in_a_handler_or_a_coroutine_stays(tmp_path: Path) -> None:
    outcome, text = loop(
        tmp_path,
        """\
        import asyncore

        class Channel(asyncore.dispatcher):
            def handle_read(self):
                self.wait()

            def wait(self):
                asyncore.loop()

        async def main():
            asyncore.loop()
        """,
    )
    assert "asyncio" not in text
    assert len(reasons(outcome)) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("asyncore.loop()", "asyncio.run(until_empty())"),
        ("asyncore.loop(30, True)", "asyncio.run(until_empty())"),
        ("asyncore.loop(timeout=options.wait)", "asyncio.run(until_empty())"),
        ("asyncore.loop(map=options.map, timeout=1)", "asyncio.run(until_empty(options.map))"),
        ("asyncore.loop(map=None, count=None)", "asyncio.run(until_empty())"),
        ("run = lambda: asyncore.loop()", "run = lambda: asyncio.run(until_empty())"),
        (
            "Thread(target=asyncore.loop, kwargs={'timeout': 1}, daemon=True).start()",
            "Thread(target=lambda: asyncio.run(until_empty()), daemon=True).start()",
        ),
        (
            "try:\n    asyncore.loop()  # for ever\nexcept KeyboardInterrupt:\n    pass",
            "try:\n    asyncio.run(until_empty())  # for ever\nexcept KeyboardInterrupt:\n    pass",
        ),
    ],
)
def test_a_loop_becomes_asyncios(tmp_path: Path, before: str, after: str) -> None:
    head = "from threading import Thread\nfrom it import options\n\nprint(options)\n"
    outcome, text = loop(tmp_path, f"import asyncore\n{head}{before}\n")
    assert text == f"import asyncio\nfrom asyncore_bridge import until_empty\n{head}{after}\n"
    assert not reasons(outcome)
    assert [f.code.value for f in outcome.findings if f.fixable] == ["IMPORT", "RUN"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import asyncore\n", "from asyncore_bridge import asyncore, until_empty\n"),
        ("import asyncore as ac\n", "from asyncore_bridge import asyncore as ac, until_empty\n"),
        (
            "from asyncore import dispatcher, loop\n",
            "from asyncore_bridge.asyncore import dispatcher\nfrom asyncore_bridge import until_empty\n",
        ),
        ("from asyncore_bridge import asyncore\n", "from asyncore_bridge import asyncore, until_empty\n"),
    ],
)
def test_imports_what_it_needs_however_it_was_imported(tmp_path: Path, before: str, after: str) -> None:
    prefix = "" if "dispatcher" in before else "ac." if " as " in before else "asyncore."
    rest = f"\n\nclass Channel({prefix}dispatcher):\n    pass\n\n\n{prefix}loop()\n"
    new = rest.replace(f"{prefix}loop()", "asyncio.run(until_empty())")
    _, text = loop(tmp_path, f"import sys\n{before}{rest}".replace("import sys\n", "import os\n"))
    assert sorted(text.splitlines()) == sorted(f"import asyncio\nimport os\n{after}{new}".splitlines())
    assert not fix(tmp_path, LEVEL).changed
