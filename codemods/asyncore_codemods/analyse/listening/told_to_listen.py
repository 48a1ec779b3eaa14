"""Listeners that are set up by whoever makes them: `door = Door(); door.create_socket(); door.bind(address)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.constructions import constructions
from asyncore_codemods.analyse.listening.socket_setup import STEPS
from asyncore_codemods.analyse.values.syntax import following, parent_map, values_given
from asyncore_codemods.model.programs import SocketSetup
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.constructions import Made
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.usage.outside import OutsideUse

_USUAL = {"family": "AF_INET", "type": "SOCK_STREAM"}


def read_told_setups(hierarchy: Hierarchy, outside: list[OutsideUse]) -> list[SocketSetup]:
    """Return how those who make the listeners of *hierarchy* set up their sockets; none if that is not understood.

    Each object has to be told all of it in the block in which it is made, before anything is done with it.
    """
    if any(True for _ in hierarchy.uses(*STEPS)):
        return []
    made: list[Made] = []
    for member in hierarchy.members:
        calls = constructions(hierarchy.project).of(member)
        if calls is None:
            return []
        made += calls
    setups = [_Reader(hierarchy, one).read() for one in made]
    told = [place for setup in setups if setup is not None for _, place, _ in setup.steps]
    uses = [use for use in outside if use.name in STEPS and use.receivers and use.may_be(hierarchy.names)]
    if not all(any(place.contains(use.place) for place in told) for use in uses):
        return []
    return [setup for setup in setups if setup is not None] if None not in setups else []


class _Reader:
    """Reads what follows one call of the class."""

    def __init__(self, hierarchy: Hierarchy, made: Made) -> None:
        self.project = hierarchy.project
        self.module = made.module
        self.call = made.call
        self.parents = parent_map(made.module.source.tree)

    def read(self) -> SocketSetup | None:
        """Return the setup, None if it is not the first thing that is done with the object."""
        assigned = self.parents[self.call]
        if not isinstance(assigned, ast.Assign) or len(assigned.targets) != 1:
            return None
        target = assigned.targets[0]
        if not isinstance(target, (ast.Name, ast.Attribute)):
            return None
        setup = SocketSetup("", str(self.module.path), owner=ast.unparse(target))
        for statement in following(self.parents[assigned], assigned):
            call = _step_of(statement, setup.owner)
            if call is not None:
                if not self._takes(setup, statement, call):
                    return None
                if "listen" in setup.statements:
                    return self._in_order(setup)
            elif self._is_in_the_way(statement, target):
                return None
            elif setup.steps:
                setup.plain = False
        return None

    def _takes(self, setup: SocketSetup, statement: ast.stmt, call: ast.Call) -> bool:
        """Note one of the calls; tell whether it is as usual."""
        assert isinstance(call.func, ast.Attribute)
        name, most = call.func.attr, 2 if call.func.attr == "create_socket" else 1
        values = values_given(call)
        texts = [self.module.source.segment(value) for value in values]
        if name in setup.statements or len(values) > most or any(isinstance(v, ast.Starred) for v in values):
            return False
        if any(text.endswith("SOCK_DGRAM") for text in texts) or any(k.arg is None for k in call.keywords):
            return False
        if name == "create_socket":
            for index, text in enumerate(texts):
                keyword = call.keywords[index - len(call.args)].arg if index >= len(call.args) else None
                usual = _USUAL.get(keyword or ("family", "type")[index], "")
                setup.plain = setup.plain and text in (usual, f"socket.{usual}")
        elif name == "bind" and values:
            setup.address = texts[0]
        elif name == "listen":
            setup.backlog = texts[0] if texts else ""
        keywords = ["" for _ in call.args] + [f"{keyword.arg}=" for keyword in call.keywords]
        given = tuple(keyword + text for keyword, text in zip(keywords, texts))
        setup.statements[name] = Place(setup.module, self.module.source.span(statement))
        setup.steps.append((name, setup.statements[name], given))
        return True

    def _in_order(self, setup: SocketSetup) -> SocketSetup | None:
        names = [name for name, _, _ in setup.steps if name != "set_reuse_addr"]
        reuses = [name for name, _, _ in setup.steps].index("set_reuse_addr") if len(setup.steps) == 4 else 1
        in_order = names == ["create_socket", "bind", "listen"] and reuses in (1, 2) and setup.address
        return setup if in_order else None

    def _is_in_the_way(self, statement: ast.stmt, target: ast.expr) -> bool:
        """Tell whether a statement does something with the object, or where that is kept, or with asyncore."""
        name = target.id if isinstance(target, ast.Name) else ast.unparse(target)
        for node in walk(statement, (ast.Name, ast.Attribute)):
            if ast.unparse(node) == name:
                return True
            if (self.project.resolve_node(self.module, node) or "").startswith("asyncore."):
                return True
        return not isinstance(statement, (ast.Expr, ast.Assign, ast.Import, ast.ImportFrom, ast.Pass))


def _step_of(statement: ast.stmt, owner: str) -> ast.Call | None:
    """Return the call if a statement is one of the steps, made on *owner*."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    return call if call.func.attr in STEPS and ast.unparse(call.func.value) == owner else None
