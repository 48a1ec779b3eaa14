"""The pages behind the codes: what each finding means, why, and what to do about it by hand.

A page is a Markdown file named after its code. Its first line is a title, its last section says what to do; the
first sentence of that section is the advice that goes with every finding.
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from importlib import resources

from asyncore_codemods.codes import Code

_ADVICE = re.compile(r"^## What to do\n+(.*?)(?=\n\n|\Z)", re.DOTALL | re.MULTILINE)
_SENTENCE = re.compile(r"(.+?[.])(?=\s|$)", re.DOTALL)


@dataclass(frozen=True)
class Rule:
    """One code with its page."""

    code: Code
    title: str
    page: str
    advice: str


@functools.cache
def rule(code: Code) -> Rule:
    """Return the rule of *code*."""
    page = _page(code)
    title = page.split("\n", 1)[0].lstrip("# ").partition(": ")[2]
    section = _ADVICE.search(page)
    sentence = _SENTENCE.match(section.group(1)) if section else None
    advice = " ".join(sentence.group(1).split()) if sentence else ""
    return Rule(code, title, page, advice)


def _page(code: Code) -> str:
    module = MISTAKES.get(code)
    if module is None:
        return resources.files(__name__).joinpath(f"{code.value}.md").read_text("utf-8")
    source = resources.files("asyncore_codemods.misuse").joinpath(f"{module}.py").read_text("utf-8")
    title, _, rest = (ast.get_docstring(ast.parse(source)) or "").partition("\n")
    return f"# {code.value}: {title[0].lower()}{title[1:].rstrip('.')}\n{rest}\n"


# The page of a mistake is the docstring of the module that looks for it; that is read, not imported.
MISTAKES = {
    Code.ARGUMENT: "arguments",
    Code.COMMAND_LINE: "command_lines",
    Code.COUNTED_ONCE: "counted_once",
    Code.DELEGATION: "delegation",
    Code.INVENTED: "invented",
    Code.LOOP_ARGUMENT: "loop_arguments",
    Code.MODULE_NAME: "module_names",
    Code.OWN_COPY: "own_copies",
    Code.PUSH_CLOSE: "push_close",
    Code.RECEIVING: "receiving",
    Code.REQUIREMENT: "requirements",
    Code.SIGNATURE: "signatures",
    Code.START_SERVER: "start_server",
    Code.TRICK: "tricks",
}


def all_rules() -> list[Rule]:
    """Return every rule, by code."""
    return [rule(code) for code in sorted(Code, key=lambda code: code.value)]
