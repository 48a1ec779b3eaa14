"""README.md in this folder names tests that exist, and leaves no script out."""

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_the_table_is_true():
    text = (HERE / "README.md").read_text()
    named = {name for name in re.findall(r"`((?:kept|mended)/\w+)`", text) if not name.endswith("/NAME")}
    scripts = {
        f"{path.parent.name}/{path.stem}" for kind in ("kept", "mended") for path in (HERE / kind).glob("[!_]*.py")
    }
    assert named == scripts
    assert all((HERE / name).exists() for name in re.findall(r"`(test_\w+\.py)`", text))


def test_every_promise_has_a_number_of_its_own():
    numbers = re.findall(r"^\| ([KMO]\d+) \|", (HERE / "README.md").read_text(), re.MULTILINE)
    assert len(numbers) == len(set(numbers)) > 50
