"""Every code has a page, every page a code, and every page says what to do."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

import asyncore_codemods
from asyncore_codemods.codes import Code
from asyncore_codemods.rules import MISTAKES, all_rules, rule

PACKAGE = Path(asyncore_codemods.__file__).parent


@pytest.mark.parametrize("code", list(Code), ids=str)
def test_page(code: Code) -> None:
    page = rule(code)
    assert page.page.startswith(f"# {code.value}: {page.title}\n")
    assert "## What to do\n" in page.page
    assert page.advice.endswith(".")
    assert not page.title.endswith(".")


def test_no_page_is_left_over() -> None:
    pages = {path.name.removesuffix(".md") for path in resources.files("asyncore_codemods.rules").iterdir()
             if path.name.endswith(".md")}  # fmt: skip
    of_mistakes = {code.value for code in MISTAKES}  # docstrings of the modules that look for them
    assert pages.isdisjoint(of_mistakes)
    assert pages | of_mistakes == {code.value for code in Code}
    assert [one.code.value for one in all_rules()] == sorted(pages | of_mistakes)


def test_every_module_of_misuse_has_its_code() -> None:
    modules = {path.stem for path in (PACKAGE / "misuse").glob("*.py")}
    assert set(MISTAKES.values()) == modules - {"__init__", "families", "objects", "text"}


def test_every_code_is_used() -> None:
    source = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if path.name != "codes.py")
    used = set(re.findall(r"\bCode\.([A-Z_0-9]+)", source)) | {
        name.replace("-", "_") for name in re.findall(r'SourceError\(\s*"([A-Z0-9]+)"', source)
    }
    assert {code.name for code in Code} - used == set()
