"""install(): legacy imports find the bridge, and what was imported too early is named."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import asyncore_bridge
import oracle
from asyncore_bridge import asynchat, asyncore, installed

GUIDE = Path(__file__).resolve().parents[2] / "migration-guide" / "README.md"


def run(code):
    return subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", code], capture_output=True, text=True
    )


def test_installed_is_in_force_within_its_block():
    before = {name: sys.modules.get(name) for name in ("asyncore", "asynchat", "smtpd")}
    with installed():
        assert importlib.import_module("asyncore") is asyncore
        assert importlib.import_module("asynchat") is asynchat
        assert importlib.import_module("asynchat").async_chat.__module__ == "asynchat"
    assert {name: sys.modules.get(name) for name in ("asyncore", "asynchat", "smtpd")} == before


def test_installing_twice_is_no_matter():
    done = run("import asyncore_bridge as b; b.install(); import asyncore; b.install(); print(asyncore.__name__)")
    assert (done.stdout, done.stderr) == ("asyncore_bridge.asyncore\n", "")


early = pytest.mark.skipif(sys.version_info >= (3, 12), reason="there is no stdlib asyncore to import too early")
QUIET = "import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"
LOUD = "warnings.simplefilter('always', RuntimeWarning)\n"


@early
def test_late_installation_names_the_importers():
    done = run(
        QUIET + "import smtpd, asyncore_bridge\nclass Mine(smtpd.SMTPServer): pass\nasyncore_bridge.install()"
    )
    assert "RuntimeWarning" in done.stderr
    assert "asyncore of the standard library was imported before, by __main__;" in done.stderr


@early
@pytest.mark.parametrize(
    "line",
    [
        "import asyncore",
        "import asyncore as core",
        "from asyncore import dispatcher",
        "from asyncore import loop as run",
        "import asyncore\nclass Session(asyncore.dispatcher): pass\ndel asyncore",
    ],
)
def test_late_installation_names_a_module_however_it_imported(tmp_path, line):
    (tmp_path / "legacy.py").write_text(line + "\n")
    done = run(
        QUIET + f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import legacy, asyncore_bridge\n" + LOUD + "asyncore_bridge.install()"
    )
    (warning,) = done.stderr.splitlines()
    assert warning == (
        "<string>:5: RuntimeWarning: asyncore_bridge.install(): asyncore of the standard library was imported "
        "before, by legacy; classes made from it stay off the bridge. Call install() before that import."
    )


@early
def test_an_import_by_the_stdlibs_own_modules_is_told_as_that():
    done = run(QUIET + "import asynchat, asyncore_bridge; del asynchat\n" + LOUD + "asyncore_bridge.install()")
    asyncores, asynchats = done.stderr.splitlines()
    assert "asyncore of the standard library was imported before, by asynchat;" in asyncores
    assert "asynchat of the standard library was imported before, by a module that is gone;" in asynchats


def test_another_module_of_the_name_is_told_as_that(tmp_path):
    (tmp_path / "asyncore.py").write_text("class dispatcher: pass\n")
    done = run(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport asyncore, warnings, asyncore_bridge\n"
        + LOUD
        + "asyncore_bridge.install()\nimport asynchat; print(asynchat.async_chat.__mro__[1].__module__)"
    )
    assert f"asyncore ({tmp_path / 'asyncore.py'}) was imported before, by __main__;" in done.stderr
    assert done.stdout == "asyncore\n"


def test_installed_leaves_nothing_behind():
    done = run(
        QUIET + "import sys, asyncore_bridge\nbefore = list(sys.path)\n"
        "with asyncore_bridge.installed():\n    import asyncore, asynchat, smtpd\n"
        "    assert asyncore.__name__ == 'asyncore_bridge.asyncore'\n"
        "print({name for name in ('asyncore', 'asynchat', 'smtpd') if name in sys.modules}, sys.path == before)"
    )
    assert (done.stdout, done.stderr) == ("set() True\n", "")


@early
def test_installed_gives_the_stdlibs_modules_back():
    done = run(
        QUIET + "import asyncore, asyncore_bridge\nfirst = asyncore\n"
        "with asyncore_bridge.installed():\n    import asyncore\n    assert asyncore is not first\n"
        "import asyncore; print(asyncore is first)"
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_installed_within_installed_and_install():
    done = run(
        "import sys, asyncore_bridge as b\nb.install()\n"
        "with b.installed():\n    with b.installed():\n        pass\n    import asyncore\n"
        "import asynchat; print(sys.modules['asyncore'] is asyncore, asynchat.__name__)"
    )
    assert (done.stdout, done.stderr) == ("True asyncore_bridge.asynchat\n", "")


@pytest.mark.parametrize("name", ["asyncore", "asynchat", "smtpd"])
def test_what_newer_pythons_say_is_what_the_guide_says(name):
    """Whoever searches for the message should find the guide."""
    newest = max(oracle.available().items())[1]
    if newest.minor < (3, 12):
        pytest.skip("no Python without these modules here")
    done = subprocess.run([newest.executable, "-I", "-c", f"import {name}"], capture_output=True, text=True)
    message = f"ModuleNotFoundError: No module named '{name}'"
    assert done.stderr.splitlines()[-1] == message
    assert f"`{message.replace(name, 'asyncore')}`" in GUIDE.read_text("utf-8")


def test_star_imports_bring_what_the_stdlibs_brought():
    namespace = {}
    with installed():
        exec("from asyncore import *\nfrom asynchat import *", namespace)
    expected = (
        "dispatcher loop socket_map ExitNow socket select os sys EWOULDBLOCK async_chat deque simple_producer"
    )
    assert set(expected.split()) <= set(namespace)


def test_public_names():
    for name in asyncore_bridge.__all__:
        assert getattr(asyncore_bridge, name).__doc__
