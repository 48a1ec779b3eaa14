"""Clients that take over a connection which somebody else has made: `Client(socket.create_connection(address))`.

No listener has anything to do with them, so asyncio's streams are opened over the socket when the client runs. One
that is given to set_socket() instead is another matter: asyncore takes that for not connected, and sends nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods.analyse.families.hierarchies import reaches_removed_class
from asyncore_codemods.analyse.families.references import Surroundings
from asyncore_codemods.analyse.lifetime.construction import ConstructionFacts
from asyncore_codemods.analyse.values.syntax import names_in, values_given
from asyncore_codemods.codes import Code
from asyncore_codemods.index.modules import is_imported
from asyncore_codemods.model.programs import Mention
from asyncore_codemods.model.sessions import Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.nodes import walk
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.analyse.families.references import References
    from asyncore_codemods.index import Module
    from asyncore_codemods.model.programs import ClassMention

_BY_HAND = frozenset({"recv", "recv_into", "send", "sendall", "makefile"})
_KNOWN = (Mention.BASE, Mention.BASE_CALL, Mention.ATTRIBUTE, Mention.CHECKED, Mention.CONSTRUCTED)


def takes_over(hierarchy: Hierarchy, references: References, modules: Sequence[Module]) -> bool:
    """Tell whether the objects of a class that is given sockets are made by the program, not for accepted ones.

    asyncio does not take the sockets of the ssl module. Who goes on to use the socket itself would find that not
    all has been sent that was pushed.
    """
    mentions = [one for name in sorted(hierarchy.names) for one in references.mentions.get(name, ())]
    made = [one for one in mentions if one.mention is Mention.CONSTRUCTED]
    if not made or is_imported("ssl", modules) or not all(one.mention in _KNOWN for one in mentions):
        return False
    return not any(_is_used_itself(module, one) for module in modules for one in made)


def _is_used_itself(module: Module, made: ClassMention) -> bool:
    """Tell whether an argument of a construction is read from or written to by hand."""
    if made.call is None or made.place.path != str(module.path):
        return False
    call = Surroundings(module).call_at(made.call)
    given = {ast.unparse(one) for one in values_given(call)}
    return any(
        isinstance(node, ast.Attribute) and node.attr in _BY_HAND and ast.unparse(node.value) in given
        for node in walk(module.source.tree)
    )


def read_taken(hierarchy: Hierarchy) -> tuple[str, ConstructionFacts] | list[Reason]:
    """Return the socket that the constructor hands to the base class, or the reasons why that is not understood."""
    top = hierarchy.top
    definition = next((d for d in hierarchy.constructors if d.entry is top), None)
    whole = Place(str(top.module.path), top.module.source.span(top.node))
    if definition is None:
        return [Reason(Code.CONSTRUCTION, "has no constructor of its own, and is given a connection", whole)]
    path, source = str(definition.module.path), definition.module.source
    body = {source.span(statement) for statement in definition.function.body}
    uses = [use for use in hierarchy.facts[top.qualname].uses if use.method == "__init__" and use.alone]
    bases = [
        use
        for use in uses
        if use.name == "__init__" and use.kind is Kind.BASE_CALL and reaches_removed_class(top, use)
    ]
    given = [a for use in bases for a in hierarchy.handed_on(path, use)]
    handed = len(bases) == len(given) == 1 and bases[0].statement in body
    handed = handed and given[0].keyword in (None, "sock") and not given[0].starred
    if not handed or any(True for _ in hierarchy.uses("set_socket")):
        return [Reason(Code.CONSTRUCTION, "comes to its connection in an unusual way", whole)]
    names = {name for d in hierarchy.constructors for name in names_in(d.function)}
    facts = ConstructionFacts(defined=True, base_calls=[Place(path, bases[0].statement)])
    facts.names = frozenset(names - {"reader", "writer"})  # which are no parameters of these
    return given[0].text, facts
