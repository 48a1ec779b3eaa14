"""Reports for programs and for people: JSON, SARIF, GitHub's annotations, text and HTML."""

from __future__ import annotations

import html.parser
import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
from calling import call, lines

from programs import program

if TYPE_CHECKING:
    from conftest import Tree

BRIDGED = program(methods="def readable(self):\n    return len(self.data) < 3\n")
SCHEMA = Path(__file__).parent / "sarif-2.1.0-subset.json"


@pytest.fixture
def mixed(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A tree with a program to rewrite, one to leave, one that cannot be read, and an odd name."""
    monkeypatch.chdir(tree.root)
    tree.write("good.py", program())
    tree.write("pkg/bad ü%.py", BRIDGED)
    tree.write("old.py", b"import asyncore\nprint 'x'\n")
    return tree


def test_json_names_every_class_once(mixed: Tree) -> None:
    result = call("report", "--format=json", ".")
    assert result.exit_code == 2  # old.py
    data = json.loads(result.stdout)
    assert [(c["path"], c["name"], c["strategy"], c["tier"]) for c in data["classes"]] == [
        ("good.py", "Session", "streams", "safe"),
        ("good.py", "Server", "streams", "safe"),
        ("pkg/bad ü%.py", "Session", "bridge", "safe"),
        ("pkg/bad ü%.py", "Server", "bridge", "safe"),
    ]
    assert data["searched"] == 3
    assert [f["code"] for f in data["findings"] if f["error"]] == ["PYTHON2"]
    reasons = {reason["code"] for c in data["classes"] for reason in c["reasons"]}
    assert reasons == {"PREDICATE", "PROGRAM"}


def test_sarif_is_valid_and_points_at_rules(mixed: Tree) -> None:
    data = json.loads(call("report", "--format=sarif", ".").stdout)
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(data)
    run = data["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    places = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}
    assert places == {"good.py", "old.py", "pkg/bad%20%C3%BC%25.py"}
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_github_annotations_are_escaped(mixed: Tree) -> None:
    shown = lines(call("report", "--format=github", "."))
    assert all(line.startswith(("::notice ", "::warning ", "::error ")) for line in shown)
    line = next(line for line in shown if "PREDICATE" in line)
    assert line.startswith(
        "::warning title=asyncore-migrate (PREDICATE),file=pkg/bad ü%25.py,line=21,col=5::Session"
    )


def test_text_counts_and_gives_reasons(mixed: Tree) -> None:
    shown = lines(call("report", "."))
    assert shown[0] == "4 classes in 2 files."
    assert "    2  streams (safe)" in shown
    assert "    1  PREDICATE: readable() or writable() is overridden" in shown


class _Page(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.articles: list[dict[str, str | None]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "input"):
            self.open.append(tag)
        if tag == "article":
            self.articles.append(dict(attrs))
        self.links += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        while self.open.pop() != tag:  # option needs no end
            pass


def test_html_is_one_page_that_needs_nothing_else(mixed: Tree) -> None:
    result = call("report", "--format=html", "-o", "r.html", ".")
    assert result.exit_code == 2
    text = mixed.read("r.html")
    page = _Page()
    page.feed(text)
    assert page.open == []
    assert page.links == []
    assert "http" not in text.replace("http-equiv", "")
    assert [a["data-strategy"] for a in page.articles] == ["streams", "streams", "bridge", "bridge"]
    assert "pkg/bad ü%.py" in text
    assert "a print statement in line 2" in text


def test_html_escapes(tree: Tree) -> None:
    path = tree.write("<b>&.py", BRIDGED)
    text = call("report", "--format=html", path).stdout
    assert "<b>&.py" not in text
    assert "&lt;b&gt;&amp;.py" in text


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "html"])
def test_a_report_on_nothing(tree: Tree, form: str) -> None:
    tree.write("a.py", "x = 1\n")
    assert call("report", f"--format={form}", tree.root).exit_code == 0


def test_a_report_that_cannot_be_written(tree: Tree) -> None:
    path = tree.write("a.py", program())
    result = call("report", "-o", tree.root / "nowhere" / "r.txt", path)
    assert result.exit_code == 2
    assert "r.txt: cannot be written: No such file or directory." in result.stderr
