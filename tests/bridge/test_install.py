"""install(): legacy imports find the bridge, and what was imported too early is named."""

import importlib
import subprocess
import sys

import pytest

import asyncore_bridge
from asyncore_bridge import asynchat, asyncore, installed


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


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there is no stdlib asyncore to import too early")
def test_late_installation_names_the_importers():
    done = run(
        "import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"
        "import smtpd, asyncore_bridge\n"
        "class Mine(smtpd.SMTPServer): pass\n"
        "asyncore_bridge.install()"
    )
    assert "RuntimeWarning" in done.stderr
    assert "asyncore of the standard library was imported before, by __main__;" in done.stderr


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
