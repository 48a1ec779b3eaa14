"""Imports: to the bridge, or settled after a rewrite."""

from __future__ import annotations

import pytest

from asyncore_codemods.rewrite.imports import move_to_bridge, settle_imports


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import asyncore\n", "from asyncore_bridge import asyncore\n"),
        ("import asyncore as ac  # old\n", "from asyncore_bridge import asyncore as ac  # old\n"),
        ("import asyncore, asynchat\n", "from asyncore_bridge import asyncore, asynchat\n"),
        ("import sys, asyncore, os\n", "import sys, os\nfrom asyncore_bridge import asyncore\n"),
        ("from asynchat import async_chat\n", "from asyncore_bridge.asynchat import async_chat\n"),
        (
            "from asyncore import (\n    dispatcher,  # base\n    loop,\n)\n",
            "from asyncore_bridge.asyncore import (\n    dispatcher,  # base\n    loop,\n)\n",
        ),
        ("from smtpd import *\n", "from asyncore_bridge.smtpd import *\n"),
        (
            "try:\n    import asyncore\nexcept ImportError:\n    pass\n",
            "try:\n    from asyncore_bridge import asyncore\nexcept ImportError:\n    pass\n",
        ),
        ("import asyncore; import sys\n", "from asyncore_bridge import asyncore; import sys\n"),
        ("import asyncorelib, my.asyncore\n", "import asyncorelib, my.asyncore\n"),
        ("from . import asyncore\nfrom .asynchat import x\n", "from . import asyncore\nfrom .asynchat import x\n"),
        ("x = 'import asyncore'\n", "x = 'import asyncore'\n"),
    ],
)
def test_to_the_bridge(old: str, new: str) -> None:
    assert move_to_bridge(old) == new
    assert move_to_bridge(new) == new


@pytest.mark.parametrize(
    ("old", "changed", "new"),
    [
        (
            "import asynchat\nimport asyncore\nimport socket\nimport sys\n\nasyncore.x(socket, sys)\n",
            "import asynchat\nimport asyncore\nimport socket\nimport sys\n\nasyncio.x(socket, sys)\n",
            "import asyncio\nimport socket\nimport sys\n\nasyncio.x(socket, sys)\n",
        ),
        (  # a library keeps its distance, and the only one
            "import asyncore\nimport gadgets\n\nasyncore.x(gadgets)\n",
            "import asyncore\nimport gadgets\n\nasyncio.x(gadgets, logging, os)\n",
            "import asyncio\nimport logging\nimport os\n\nimport gadgets\n\nasyncio.x(gadgets, logging, os)\n",
        ),
        (  # inside a block as well, with the `try` that has nothing left to try
            "try:\n    import asyncore\nexcept ImportError:\n    asyncore = None\n\nasyncore.x()\n",
            "try:\n    import asyncore\nexcept ImportError:\n    asyncore = None\n\nasyncio.x()\n",
            "import asyncio\n\nasyncio.x()\n",
        ),
        (
            "def f():\n    # here\n    import asyncore\n    asyncore.x()\n",
            "def f():\n    # here\n    import asyncore\n    asyncio.x()\n",
            "import asyncio\n\n\ndef f():\n    # here\n    asyncio.x()\n",
        ),
        (
            "try:\n    import asyncore\n    x = True\nexcept ImportError:\n    x = False\nelse:\n    y = f()\n",
            "try:\n    import asyncore\n    x = True\nexcept ImportError:\n    x = False\nelse:\n    y = f()\n",
            "x = True\ny = f()\n",
        ),
        (
            "try:\n    import asyncore\n    import smart\nexcept ImportError:\n    smart = None\n",
            "try:\n    import asyncore\n    import smart\nexcept ImportError:\n    smart = None\n",
            "try:\n    import smart\nexcept ImportError:\n    smart = None\n",
        ),
        ("if x():\n    import asyncore\n", "if x():\n    import asyncore\n", "if x():\n    pass\n"),
        (  # what was used only by what has gone goes too; what was never used is the author's business
            "import asyncore\nimport errno\nimport os\n\nasyncore.x(errno)\n",
            "import asyncore\nimport errno\nimport os\n\nasyncio.x()\n",
            "import asyncio\nimport os\n\nasyncio.x()\n",
        ),
        (
            "import sys, socket, asyncore, asynchat\n\nasyncore.x(sys, socket)\n",
            "import sys, socket, asyncore, asynchat\n\nasyncio.x(sys, socket)\n",
            "import sys, socket, asyncio\n\nasyncio.x(sys, socket)\n",
        ),
        (
            '"""Doc."""\n\nfrom asynchat import async_chat\n\nfrom .room import Room\n\nasync_chat(Room)\n',
            '"""Doc."""\n\nfrom asynchat import async_chat\n\nfrom .room import Room\n\nasyncio(Room)\n',
            '"""Doc."""\n\nimport asyncio\n\nfrom .room import Room\n\nasyncio(Room)\n',
        ),
        (
            "import re\nfrom asynchat import async_chat\n\nasync_chat(re)\n",
            "import re\nfrom asynchat import async_chat\n\nasyncio(re, logging)\n",
            "import asyncio\nimport logging\nimport re\n\nasyncio(re, logging)\n",
        ),
        (  # not sorted before, not sorted afterwards
            "import sys\nimport asyncore\nimport os\n\nasyncore.x(sys, os)\n",
            "import sys\nimport asyncore\nimport os\n\nasyncio.x(sys, os)\n",
            "import sys\nimport asyncio\nimport os\n\nasyncio.x(sys, os)\n",
        ),
        (  # a block of its own for the project's modules
            "import asyncore\nimport sys\n\nimport crew\n\nasyncore.x(sys, crew)\n",
            "import asyncore\nimport sys\n\nimport crew\n\nasyncio.x(sys, crew, logging)\n",
            "import asyncio\nimport logging\nimport sys\n\nimport crew\n\nasyncio.x(sys, crew, logging)\n",
        ),
        (
            "from asyncore import *\nimport socket as s\n\nloop(s)\n",
            "from asyncore import *\nimport socket as s\n\nasyncio.run(s)\n",
            "import asyncio\nimport socket as s\n\nasyncio.run(s)\n",
        ),
        (  # several statements in a line
            "import asynchat; import asyncore; import sys; x = 1\nasyncore.x(sys)\n",
            "import asynchat; import asyncore; import sys; x = 1\nasyncio.x(sys)\n",
            "import asyncio\nimport sys; x = 1\nasyncio.x(sys)\n",
        ),
        (
            "import sys; from asyncore import *; import asynchat\nloop(sys)\n",
            "import sys; from asyncore import *; import asynchat\nasyncio.x(sys)\n",
            "import asyncio\nimport sys\nasyncio.x(sys)\n",
        ),
        ("import asynchat; import asyncore\nasyncore.x()\n", "import asynchat; import asyncore\nx()\n", "x()\n"),
        (  # a package takes the place of a module
            "import asyncore, sys\nasyncore.x(sys)\n",
            "import asyncore, sys\nconcurrent.futures.Future(sys)\n",
            "import concurrent.futures, sys\nconcurrent.futures.Future(sys)\n",
        ),
        (  # names in __all__ are used
            "import asyncore\nimport socket\n__all__ = ['socket']\nasyncore.x(socket)\n",
            "import asyncore\nimport socket\n__all__ = ['socket']\nasyncio.x()\n",
            "import asyncio\nimport socket\n__all__ = ['socket']\nasyncio.x()\n",
        ),
        (  # in functions: what has gone, and what has lost its use with it
            "def x():\n    import asyncore, os\n    import errno\n\n    # go\n    asyncore.x(errno, os)\n",
            "def x():\n    import asyncore, os\n    import errno\n\n    # go\n    asyncio.x(os)\n",
            "import asyncio\n\n\ndef x():\n    import os\n\n    # go\n    asyncio.x(os)\n",
        ),
        (
            "def x():\n    # late\n    import asyncore\n\n    asyncore.x()\n",
            "def x():\n    # late\n    import asyncore\n\n    asyncio.x()\n",
            "import asyncio\n\n\ndef x():\n    # late\n    asyncio.x()\n",
        ),
        ("def x(): import asyncore\n", "def x(): import asyncore\n", "def x(): pass\n"),
        (
            "def x(): import asyncore; asyncore.x()\n",
            "def x(): import asyncore; asyncio.x()\n",
            "import asyncio\n\n\ndef x(): asyncio.x()\n",
        ),
        (
            "def x():\n    try:\n        import asyncore\n    except ImportError:\n        pass\n",
            "def x():\n    try:\n        import asyncore\n    except ImportError:\n        pass\n",
            "def x():\n    pass\n",
        ),
    ],
)
def test_settled(old: str, changed: str, new: str) -> None:
    assert settle_imports(old, changed) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("if sys.version_info[0] >= 3:\n    import asyncore\nelse:\n    import asyncore as asyncore\n", ""),
        ("if PY2: import asyncore\nelif sys.platform.startswith('win'):\n    import asynchat\n", ""),
        ("if PY2:\n    import a\nelse:\n    import asyncore\n", "if PY2:\n    import a\n"),
        ("if PY2:\n    import asyncore\nelse:\n    a = 1\n", "if PY2:\n    pass\nelse:\n    a = 1\n"),
        ("if ready():\n    import asyncore\n", "if ready():\n    pass\n"),
        ("if (x := 1):\n    import asyncore\n", "if (x := 1):\n    pass\n"),
        ("if PY2:\n    pass\n", "if PY2:\n    pass\n"),
    ],
)
def test_an_if_goes_with_the_imports_in_it_unless_its_test_does_something(old: str, new: str) -> None:
    before = "import sys\nPY2 = a = ready = 1\nprint(sys, a)\n"
    assert settle_imports(before + old, before + old) == before + new


def test_what_only_the_test_of_an_if_used_goes_with_it() -> None:
    old = "import sys\nif sys.version_info < (3,):\n    import asyncore\nprint()\n"
    assert settle_imports(old, old) == "print()\n"


def test_comments_above_imports_that_go_keep_their_order() -> None:
    old = (
        "import ast\n# b\nimport asynchat\n# c\nimport asyncore\n# d\nimport io\n# e\nimport sys\n\nast, sys, io\n"
    )
    new = old.replace(", io", ", asyncio")
    settled = "import ast\n# b\nimport asyncio\n# c\n# d\n# e\nimport sys\n\nast, sys, asyncio\n"
    assert settle_imports(old, new) == settled


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import sys\n\nimport desk\n", "import asyncio\nimport sys\n\nimport desk\n"),
        ("import ast\nimport desk\n", "import ast\nimport asyncio\n\nimport desk\n"),
        ("import desk\n", "import asyncio\n\nimport desk\n"),
    ],
)
def test_the_librarys_modules_stay_together(old: str, new: str) -> None:
    used = "\nprint(desk)\n" + "".join(f"{name}\n" for name in ("ast", "sys") if name in old)
    assert settle_imports(old + used, old + used + "asyncio\n") == new + used + "asyncio\n"
