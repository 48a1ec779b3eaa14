"""What a file_dispatcher is given to watch: a file or its number, a pipe or something else."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.values.syntax import last_name
from asyncore_codemods.index.modules import dotted_name
from asyncore_codemods.nodes import walk

if TYPE_CHECKING:
    from asyncore_codemods.index.modules import Module

NUMBERS = ("number", "pipe")  # the kinds that are descriptors, not objects with one
_NAMED_LIKE_ONE = re.compile(r"(?:^|_)(?:fd|fileno)$")


def known_kind(node: ast.expr, module: Module) -> str:
    """Return what an expression is: a "file", its "number", a "pipe" by its number, or the "end of a pipe"."""
    call = node if isinstance(node, ast.Call) and not node.args else None
    if call is not None and isinstance(call.func, ast.Attribute) and call.func.attr == "fileno":
        return "pipe" if _reads_from_child(call.func.value, module) else _known_text(node, module)
    return "end of a pipe" if _reads_from_child(node, module) else _known_text(node, module)


def is_on_disk(node: ast.expr, module: Module) -> bool:
    """Tell whether an expression is what open() returns for a path that is no device's, or its number."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fileno":
        node = node.func.value
    made = [node] if isinstance(node, ast.Call) else _assigned(ast.unparse(node), module)
    given = [n.args[0] for n in made if isinstance(n, ast.Call) and ast.unparse(n.func) == "open" and n.args]
    paths = [path.value for path in given if isinstance(path, ast.Constant) and isinstance(path.value, str)]
    return any(not path.startswith("/dev/") for path in paths)


def _reads_from_child(node: ast.expr, module: Module) -> bool:
    """Tell whether *node* is the stdout or stderr of a `subprocess.Popen(...)`, which is a pipe then."""
    if not isinstance(node, ast.Attribute) or node.attr not in ("stdout", "stderr"):
        return False
    made = [node.value] if isinstance(node.value, ast.Call) else _assigned(ast.unparse(node.value), module)
    return bool(made) and all(
        isinstance(call, ast.Call)
        and ast.unparse(call.func) in ("subprocess.Popen", "Popen")
        and any(k.arg == node.attr and ast.unparse(k.value) in ("subprocess.PIPE", "PIPE") for k in call.keywords)
        for call in made
    )


def _known_text(node: ast.expr, module: Module) -> str:
    text = ast.unparse(node)
    if text in ("sys.stdin", "sys.stdin.buffer", "stdin"):
        return "file"
    if text in ("0", "sys.stdin.fileno()", "sys.stdin.buffer.fileno()"):
        return "number"
    made = _assigned(text, module) if isinstance(node, (ast.Name, ast.Attribute)) else []
    return "pipe" if made and all(ast.unparse(one) in ("os.pipe()", "pipe()") for one in made) else ""


def _assigned(text: str, module: Module) -> list[ast.expr]:
    """Return what is assigned to *text* in *module*, by itself or as one of several."""
    return [
        statement.value
        for statement in walk(module.source.tree, ast.Assign)
        if any(
            isinstance(node, (ast.Name, ast.Attribute)) and ast.unparse(node) == text
            for target in statement.targets
            for node in (target.elts if isinstance(target, ast.Tuple) else [target])
        )
    ]


def watched_kind(node: ast.expr, module: Module) -> str:
    """Return what may be watched otherwise: a number if it is called one, a file if an object is made for it."""
    if isinstance(node, ast.Constant):
        return "number" if isinstance(node.value, int) else ""
    if _may_be_regular(node, module):
        return ""
    made = node.func if isinstance(node, ast.Call) else None
    name = last_name(made if made is not None else node)
    if isinstance(node, (ast.Attribute, ast.Call)) and (
        _NAMED_LIKE_ONE.search(name) or (made is not None and ast.unparse(made) == "os.open")
    ):
        return "number"
    if made is not None:  # `open()`, `Device()` and `Device.of()`
        is_object = name == "open" or any(part[:1].isupper() for part in (dotted_name(made) or "").split("."))
        return "file" if is_object else ""
    assigned = _assigned(ast.unparse(node), module)
    kinds = {watched_kind(one, module) if isinstance(one, ast.Call) else "" for one in assigned}
    return kinds.pop() if len(kinds) == 1 else ""


def _may_be_regular(node: ast.expr, module: Module) -> bool:
    """Tell whether *node* is a file that is opened and no device, or its number: no event loop can watch it."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fileno":
        node = node.func.value
    made = [node] if isinstance(node, ast.Call) else _assigned(ast.unparse(node), module)
    return any(
        isinstance(call, ast.Call)
        and last_name(call.func) == "open"
        and not (
            call.args and isinstance(call.args[0], ast.Constant) and str(call.args[0].value).startswith("/dev/")
        )
        for call in made
    )


def replaced(text: str, name: str, given: ast.expr) -> ast.expr:
    """Return the expression *text* with what is *given* for the variable *name*."""
    whole = re.sub(rf"(?<![.\w]){name}\b", lambda _: f"({ast.unparse(given)})", text)
    return ast.parse(whole, mode="eval").body
