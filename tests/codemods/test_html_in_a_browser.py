"""The HTML report in a real browser: its search shows what fits, and nothing is wider than a phone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from calling import call

from programs import program

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Tree

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next((found for found in map(shutil.which, BROWSERS) if found), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium")

DRIVE = """
<script>
const names = () => [...document.querySelectorAll("article")].filter((a) => a.offsetParent !== null)
  .map((a) => a.querySelector(".name").textContent);
const set = (id, value) => {
  document.getElementById(id).value = value;
  document.querySelector("form").dispatchEvent(new Event("input", {bubbles: true}));
  return [names(), document.getElementById("shown").textContent];
};
const said = {
  all: set("words", ""),
  name: set("words", "sess"),
  file: set("words", "second.py server"),
  nothing: set("words", "nowhere"),
  strategy: (set("words", ""), set("strategy", "bridge")),
};
set("strategy", "");
document.querySelector("button[data-reason=PROGRAM]").click();
said.reason = [names(), document.getElementById("reason").value];
said.wide = document.documentElement.scrollWidth > window.innerWidth;
document.body.dataset.said = JSON.stringify(said);
</script>
"""


def test_search(tree: Tree, tmp_path: Path) -> None:
    tree.write("first.py", program())
    tree.write("second.py", program().replace("asyncore.loop()", "asyncore.poll()"))
    page = tree.root / "report.html"
    assert call("report", "--format=html", "-o", page, tree.root).exit_code == 0
    page.write_text(page.read_text("utf-8").replace("</body>", f"{DRIVE}</body>"), "utf-8")
    assert BROWSER is not None
    options = f"--headless --no-sandbox --disable-gpu --window-size=500,800 --user-data-dir={tmp_path / 'profile'}"
    done = subprocess.run(
        [BROWSER, *options.split(), "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found = re.search(r'data-said="([^"]*)"', done.stdout)
    assert found
    said = json.loads(found[1].replace("&quot;", '"'))
    assert said == {
        "all": [["Session", "Server"] * 2, "4 shown."],
        "name": [["Session"] * 2, "2 shown."],
        "file": [["Server"], "1 shown."],
        "nothing": [[], "0 shown."],
        "strategy": [["Session", "Server"], "2 shown."],
        "reason": [["Session", "Server"], "PROGRAM"],
        "wide": False,
    }
