"""The wheel: what users install works outside the checkout, in an empty environment."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="not in a checkout")


def run(*command, **how):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **how)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"),
        *("--wheel-dir", folder, ROOT),
    )
    return next(folder.glob("asyncore_bridge-*.whl"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("empty")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    return python


def clean():
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}


def test_both_packages_are_in_the_wheel_and_typed(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "asyncore_bridge/py.typed" in names
    assert "asyncore_codemods/py.typed" in names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"asyncore_bridge", "asyncore_codemods"}


def test_the_bridge_needs_nothing(wheel, python, tmp_path):
    metadata = zipfile.ZipFile(wheel).read(
        next(name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("METADATA"))
    )
    required = [line for line in metadata.decode().splitlines() if line.startswith("Requires-Dist")]
    assert all("extra ==" in line for line in required)
    program = tmp_path / "program.py"
    program.write_text(
        "import asynchat, asyncore, socket\n"
        "near, far = socket.socketpair()\n"
        "class Hello(asynchat.async_chat):\n"
        "    def found_terminator(self): pass\n"
        "Hello(near).push(b'hello'); asyncore.close_all()\n"
        "print(far.recv(10), asyncore.loop.__module__)\n"
    )
    said = run(python, "-m", "asyncore_bridge", program, cwd=tmp_path, env=clean())
    assert said == "b'hello' asyncore_bridge.asyncore\n"


def test_the_codemods_say_what_to_install(python, tmp_path):
    command = python.with_name("asyncore-migrate.exe" if os.name == "nt" else "asyncore-migrate")
    done = subprocess.run([command, "check", "."], capture_output=True, text=True, cwd=tmp_path, env=clean())
    assert done.returncode == 2
    assert "pip install 'asyncore-bridge[codemods]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_hooks_of_pre_commit_install_what_the_codemods_need():
    needed = re.findall(r"\ncodemods = (\[.*\])\n", (ROOT / "pyproject.toml").read_text("utf-8"))
    hooks = re.findall(
        r" additional_dependencies: (\[.*\])\n", (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    )
    assert hooks == needed * 2
