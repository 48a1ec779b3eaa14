"""A loop behind the loop, which lets go out what is said at the end, and other second loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

LOOP = "server = Server(1)\ntry:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    said.push(b'bye')\n"
POLLED = "server = Server(1)\nwhile running:\n    asyncore.loop(timeout=0.1, count=1)\nsaid.push(b'bye')\n"
STOP = "def stop():\n    said.push(b'bye')\n    asyncore.loop({})\n\n"
BECOME = {
    "behind Ctrl-C": (LOOP + "    asyncore.loop(timeout=0.1, count=5)", "asyncio.wait([serving], timeout=0.5)"),
    "behind it all": (LOOP + "asyncore.loop(0.25, False, None, 2)", "await asyncio.wait([serving], timeout=0.5)"),
    "behind a polled loop": (
        POLLED + "asyncore.loop(timeout=1, count=1)",
        "await asyncio.wait([serving], timeout=1)",
    ),
    "behind a loop that ends by itself": (
        "server = Server(1)\nasyncore.loop()\nasyncore.loop(timeout=0.1, count=5)",
        "await asyncio.wait([serving], timeout=0.5)",
    ),
    "with a number by name": ("LAST = 4\n" + POLLED + "asyncore.loop(timeout=0.2, count=LAST)", "timeout=0.8)"),
    "without a wait": (POLLED + "asyncore.loop(timeout=0, count=3)", "await asyncio.wait([serving], timeout=0)"),
    "for as long as it takes": (LOOP + "    asyncore.loop()", "    await serving\n"),
    "for as long as it takes behind it all": (LOOP + "asyncore.loop()", "\n    await serving\n"),
    "for as long as it takes behind a polled loop": (POLLED + "asyncore.loop(timeout=0.1)", "await serving"),
    "behind a single pass": (
        "server = Server(1)\nwhile True:\n    asyncore.loop(timeout=0.1, count=1)\n    break\nasyncore.loop()",
        "    await serving\n",
    ),
    "until Ctrl-C": (
        LOOP + "    try:\n        asyncore.loop()\n    except KeyboardInterrupt:\n        pass",
        "        try:\n            await interruptible(asyncio.wait([serving]))\n        except",
    ),
    "in a function of its own": (
        STOP.format("timeout=0.1, count=2") + POLLED + "stop()",
        "    stop()\n    await asyncio.wait([serving], timeout=0.2)\n",
    ),
    "in a function of its own behind Ctrl-C": (
        STOP.format("") + LOOP + "    stop()",
        "        stop()\n        await serving\n",
    ),
    "in a function that begins with it": (
        "def stop():\n    asyncore.loop()\n    print('bye')\n\n" + LOOP + "    stop()",
        "        await serving\n        stop()\n",
    ),
}
STAY = {
    "for long": POLLED + "asyncore.loop(timeout=1, count=50)",
    "as often as somebody says": POLLED + "asyncore.loop(timeout=0.1, count=int(sys.argv[1]))",
    "in a loop": POLLED + "for one in said:\n    asyncore.loop(timeout=0.1, count=1)",
    "with a map": POLLED + "asyncore.loop(timeout=0.1, count=2, map=maps[0])",
    "in a function that is called twice": STOP.format("") + LOOP + "    stop()\nstop()",
    "in a function that goes on": "def stop():\n    said.pop()\n    asyncore.loop()\n    said.pop()\n\n"
    + LOOP
    + "    stop()",
    "before the loop": "server = Server(1)\nasyncore.loop(timeout=0.1, count=2)\nasyncore.loop()",
    "twice": POLLED + "asyncore.loop(timeout=0.1, count=2)\nx = asyncore.loop(timeout=0.1, count=2)",
    "for another server as well": LOOP + "    other = Server(2)\n    asyncore.loop()",
    "beside something of that name": "serving = 1\n" + LOOP + "    asyncore.loop()",
}


@pytest.mark.parametrize(("main", "becomes"), BECOME.values(), ids=BECOME.keys())
def test_last_loops_wait_for_what_is_served(tree: Tree, main: str, becomes: str) -> None:
    tree.write("main.py", program(imports="running = True\nsaid = None", main=main))
    outcome = run([tree.root], Options())
    new = outcome.changed[0].new.decode()
    assert becomes in new and "asyncore" not in new


@pytest.mark.parametrize("main", STAY.values(), ids=STAY.keys())
def test_other_loops_stay(tree: Tree, main: str) -> None:
    tree.write("main.py", program(imports="running = True\nsaid = None", main=main))
    outcome = run([tree.root], Options())
    assert "LOOP" in {finding.code.value for finding in outcome.findings}
    assert not any("asyncio.run" in change.new.decode() for change in outcome.changed)


BEHIND = ["asyncore.loop()\n", "try:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    pass\n"]
MAIL_SERVER = """\
import asyncore
import smtpd


class Sink(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(data)


server = Sink(("", 1), None)
"""


@pytest.mark.parametrize("loop", BEHIND)
def test_mail_servers_have_no_last_loops(tree: Tree, loop: str) -> None:
    tree.write("main.py", f"{MAIL_SERVER}{loop}asyncore.loop(timeout=0.1, count=3)\n")
    outcome = run([tree.root], Options(unsafe=True))
    assert {finding.code.value for finding in outcome.findings} >= {"LOOP", "PROGRAM"}
