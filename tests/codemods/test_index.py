"""Whose subclass is whose, across files and whatever the imports look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.index import build_index
from asyncore_codemods.index.programs import programs_of

if TYPE_CHECKING:
    from conftest import Tree


def roots(tree: Tree, *names: str) -> dict[str, str | None]:
    project = build_index([tree.root / name for name in names] if names else [tree.root])
    return {entry.name: entry.root for entry in project.classes.values()}


@pytest.mark.parametrize(
    ("imports", "base"),
    [
        ("import asynchat", "asynchat.async_chat"),
        ("import asynchat as chat", "chat.async_chat"),
        ("from asynchat import async_chat", "async_chat"),
        ("from asynchat import async_chat as Base", "Base"),
        ("from asynchat import *", "async_chat"),
        ("import asynchat\nBase = asynchat.async_chat", "Base"),
        ("try:\n    import asynchat\nexcept ImportError:\n    asynchat = None", "asynchat.async_chat"),
        ("from asyncore_bridge import asynchat", "asynchat.async_chat"),
        ("from asyncore_bridge.asynchat import async_chat", "async_chat"),
        ("import asyncore_bridge.asynchat", "asyncore_bridge.asynchat.async_chat"),
    ],
)
def test_names_are_resolved(tree: Tree, imports: str, base: str) -> None:
    tree.write("a.py", f"{imports}\n\nclass Session({base}):\n    pass\n")
    assert roots(tree) == {"Session": "asynchat.async_chat"}


def test_a_module_of_that_name_in_the_project_is_another_thing(tree: Tree) -> None:
    tree.write("asyncore.py", "class dispatcher:\n    pass\n")
    tree.write("a.py", "import asyncore\n\nclass Session(asyncore.dispatcher):\n    pass\n")
    assert roots(tree) == {"dispatcher": None, "Session": None}


def test_bases_in_other_files(tree: Tree) -> None:
    tree.write("net/__init__.py", "from .wrap import asynchat\nfrom .base import *\n")
    tree.write("net/wrap.py", "import asynchat\n")
    tree.write("net/base.py", "from . import asynchat\n\nclass Base(asynchat.async_chat):\n    pass\n")
    tree.write("app/main.py", "import net\n\nclass Session(net.Base):\n    pass\n")
    tree.write("app/more.py", "from app.main import Session\n\nclass Special(Session):\n    pass\n")
    found = roots(tree)
    assert found["Base"] == "asynchat.async_chat"
    assert found["Session"] == "asynchat.async_chat"


def test_relative_imports(tree: Tree) -> None:
    tree.write("pkg/__init__.py", "")
    tree.write("pkg/a.py", "import asyncore\n\nclass Base(asyncore.dispatcher_with_send):\n    pass\n")
    tree.write("pkg/sub/__init__.py", "")
    tree.write("pkg/sub/b.py", "from ..a import Base as Parent\n\nclass Child(Parent):\n    pass\n")
    assert roots(tree)["Child"] == "asyncore.dispatcher_with_send"


def test_users_that_import_from_their_own_package(tree: Tree) -> None:
    tree.write("bots/__init__.py", "import asynchat\n\nclass Bot(asynchat.async_chat):\n    pass\n")
    tree.write("bots/main.py", "from . import Bot\n\nclass Special(Bot):\n    pass\n")
    tree.write(
        "bots/more.py",
        "from bots import (\n    Bot,\n)\nfrom . import (\n    main,\n)\n\nclass More(main.Special):\n    pass\n",
    )
    tree.write("bots/other.py", "from . import nothing_that_matters\n")
    assert roots(tree) == dict.fromkeys(("Bot", "Special", "More"), "asynchat.async_chat")


def test_users_that_name_a_module_on_another_line(tree: Tree) -> None:
    tree.write("net/__init__.py", "")
    tree.write("net/chat.py", "import asynchat\n\nclass Bot(asynchat.async_chat):\n    pass\n")
    tree.write("main.py", "from net import (\n    chat,\n)\n\nclass Special(chat.Bot):\n    pass\n")
    assert roots(tree)["Special"] == "asynchat.async_chat"


def test_two_scripts_of_one_name_are_two_programs(tree: Tree) -> None:
    for place in ("one", "two"):
        tree.write(f"{place}/main.py", "import asyncore\nfrom lib import Base\n\nclass Server(Base):\n    pass\n")
    tree.write("one/lib.py", "import asyncore\n\nclass Base(asyncore.dispatcher):\n    pass\n")
    tree.write("two/lib.py", "class Base:\n    pass\n")
    project = build_index([tree.root])
    found = {(e.module.path.parent.name, e.name): e.root for e in project.classes.values()}
    assert found["one", "Server"] == "asyncore.dispatcher"
    assert found["two", "Server"] is None


def test_files_that_cannot_matter_are_never_parsed(tree: Tree) -> None:
    tree.write("a.py", "import asyncore\nimport helper\n")
    tree.write("helper.py", "x = 1\n")
    tree.write("unrelated.py", "this is not Python")
    project = build_index([tree.root])
    assert sorted(module.name for module in project.modules.values()) == ["a", "helper"]
    assert project.unreadable == []


def test_users_of_a_module_are_read_too_but_not_edited(tree: Tree) -> None:
    tree.write("session.py", "import asynchat\n\nclass Session(asynchat.async_chat):\n    pass\n")
    tree.write("room.py", "from session import Session\n\ndef say(session):\n    session.push(b'')\n")
    project = build_index([tree.root / "session.py"])
    assert {m.name: m.editable for m in project.modules.values()} == {"session": True, "room": False}


def test_classes_in_functions_are_found(tree: Tree) -> None:
    tree.write("a.py", "import asyncore\n\ndef make():\n    class Inner(asyncore.dispatcher):\n        pass\n")
    project = build_index([tree.root])
    assert [(e.name, e.is_local, e.root) for e in project.classes.values()] == [
        ("Inner", True, "asyncore.dispatcher")
    ]


def test_what_cannot_be_read_is_told_for_given_files(tree: Tree) -> None:
    tree.write("old.py", "import asyncore\nprint 'x'\n")
    project = build_index([tree.root])
    assert [(path.name, error.code) for path, error in project.unreadable] == [("old.py", "PYTHON2")]


@pytest.mark.parametrize(
    "imports",
    [
        "if sys.version_info >= (3, 12):\n    from . import _asyncore as asyncore\nelse:\n    import asyncore\n",
        "try:\n    from . import _asyncore as asyncore\nexcept ImportError:\n    import asyncore\n",
    ],
)
def test_a_name_imported_in_two_ways(tree: Tree, imports: str) -> None:
    tree.write("pkg/__init__.py", "")
    tree.write("pkg/_asyncore.py", "class dispatcher:\n    pass\n")
    tree.write("pkg/a.py", f"import sys\n{imports}\nclass Server(asyncore.dispatcher):\n    pass\n")
    tree.write("pkg/b.py", "from .a import Server\n\nclass Mine(Server):\n    pass\n")
    assert roots(tree) == {"dispatcher": None, "Server": "asyncore.dispatcher", "Mine": "asyncore.dispatcher"}


def test_a_package_called_asyncore_is_not_what_its_own_modules_import(tree: Tree) -> None:
    tree.write("lib/__init__.py", "")
    tree.write("lib/carrier/__init__.py", "")
    tree.write("lib/carrier/asyncore/__init__.py", "")
    tree.write("lib/carrier/asyncore/base.py", "import asyncore\n\nclass Base(asyncore.dispatcher):\n    pass\n")
    tree.write(
        "lib/carrier/asyncore/dgram.py",
        "from lib.carrier.asyncore.base import Base\n\nclass Udp(Base):\n    x = 1\n",
    )
    assert roots(tree) == {"Base": "asyncore.dispatcher", "Udp": "asyncore.dispatcher"}


def test_what_only_shares_imports_with_a_legacy_module_is_not_read(tree: Tree) -> None:
    tree.write("server.py", "import asyncore\nimport helper\n\nclass Server(asyncore.dispatcher):\n    pass\n")
    tree.write("helper.py", "import settings\n")
    tree.write("settings.py", "x = 1\n")
    tree.write("other.py", "import helper\n")
    tree.write("user.py", "import server\n")
    tree.write("about_user.py", "import user\n")
    project = build_index([tree.root])
    found = {module.name for module in project.modules.values()}
    assert found == {"server", "helper", "settings", "user"}


def test_files_far_off_that_may_use_an_object_are_read(tree: Tree) -> None:
    """Of many, the nearest matter."""
    server = (
        "import asynchat\nimport step0\n\nclass Session(asynchat.async_chat):\n    def tell(self):\n        pass\n"
    )
    tree.write("server.py", server)
    for number in range(60):
        tree.write(f"step{number}.py", f"import step{number + 1}\nimport aside{number}\n")
        tree.write(f"aside{number}.py", "x = 1\n")
    tree.write("step5.py", "import step6\nimport far\n")
    tree.write("far.py", "import user\n")
    tree.write("user.py", "def use(one):\n    one.tell()\n")
    found = {module.name for module in build_index([tree.root]).modules.values()}
    assert {"step5", "far", "user"} <= found
    assert "step50" not in found


@pytest.mark.parametrize("loads", ["__import__(name)", "importlib.import_module(name)", "exec(open(name).read())"])
def test_files_that_are_imported_by_name_are_read(tree: Tree, loads: str) -> None:
    method = f"def load(self, name):\n        {loads}\n"
    tree.write("bot.py", f"import asynchat, importlib\n\nclass Bot(asynchat.async_chat):\n    {method}")
    tree.write("plugins/leave.py", "def run(bot):\n    bot.close_when_done()\n")
    tree.write("other.py", "import asyncore\n")
    project = build_index([tree.root])
    programs = [sorted(module.name for module in modules) for modules in programs_of(project)]
    assert programs == [["bot", "leave"], ["other"]]


@pytest.mark.parametrize(("mark", "found"), [("", {"bot", "own"}), ("setup.py", {"bot", "own", "leave"})])
def test_a_package_finds_modules_by_name_in_its_own_project(tree: Tree, mark: str, found: set[str]) -> None:
    """What lies beside a package, in a directory that says nothing of a project, is anybody's."""
    use = "def run(bot):\n    bot.close_when_done()\n"
    tree.write("bot/__init__.py", "")
    load = "def load(self, name):\n        __import__(name)\n"
    tree.write("bot/bot.py", f"import asynchat\n\nclass Bot(asynchat.async_chat):\n    {load}")
    tree.write("bot/own.py", use)
    tree.write("beside/leave.py", use)
    if mark:
        tree.write(mark, "")
    project = build_index([tree.root / "bot"])
    assert {path.stem for path in project.modules} == found


def test_a_tree_with_a_copy_of_itself(tree: Tree) -> None:
    for place in ("", "backup/", "old/deep/"):
        tree.write(f"{place}chat/__init__.py", "")
        tree.write(f"{place}chat/base.py", "import asyncore\n\nclass Base(asyncore.dispatcher):\n    pass\n")
        tree.write(f"{place}chat/server.py", "from chat.base import Base\n\nclass Server(Base):\n    pass\n")
    project = build_index([tree.root])
    servers = [entry for entry in project.classes.values() if entry.name == "Server"]
    assert len(servers) == 3
    assert all(one.parents[0].module.path.parent == one.module.path.parent for one in servers)


def test_imports_in_circles(tree: Tree) -> None:
    tree.write("a/__init__.py", "from a.b import a\nimport asyncore\n")
    tree.write("a/b.py", "from a import b\nfrom b import a\n\nclass Odd(a.b.a.c):\n    pass\n")
    assert roots(tree) == {"Odd": None}


def test_a_base_in_a_directory_that_is_no_package(tree: Tree) -> None:
    tree.write("lib/base.py", "import asyncore\n\nclass Base(asyncore.dispatcher):\n    pass\n")
    tree.write("app/use.py", "from lib.base import Base\n\nclass Derived(Base):\n    pass\n")
    found = build_index([tree.root])
    assert {entry.name for entry in found.classes.values() if entry.root} == {"Base", "Derived"}


def test_a_script_finds_modules_beside_it_whatever_its_directory_is(tree: Tree) -> None:
    tree.write("tools/__init__.py", "")
    tree.write("tools/lines.py", "import asynchat\n\n\nclass Lines(asynchat.async_chat):\n    pass\n")
    tree.write("tools/main.py", "def run(sock):\n    from lines import Lines\n\n    Lines(sock).push(b'hello')\n")
    project = build_index([tree.root])
    assert sorted(path.name for path in project.modules) == ["lines.py", "main.py"]


def test_a_file_of_a_package_does_not_stand_for_a_module_of_the_standard_library(tree: Tree) -> None:
    tree.write("tools/__init__.py", "")
    tree.write("tools/threading.py", "")
    tree.write("tools/main.py", "import asyncore\nimport threading\n\nthreading.Thread(target=asyncore.loop)\n")
    assert [path.name for path in build_index([tree.root]).modules] == ["main.py"]
