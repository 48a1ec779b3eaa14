"""Parameters that take the place of others: a connection is two streams where it was one socket.

What was annotated stays so: whoever wrote down the type of the socket is told those of the streams.
"""

from __future__ import annotations

import libcst as cst

_TYPES = {"reader": "asyncio.StreamReader", "writer": "asyncio.StreamWriter"}


def parameter(text: str, is_annotated: bool) -> cst.Param:
    """Return the parameter that is written `name` or `name=None`."""
    name, _, default = text.partition("=")
    if default:
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        return cst.Param(cst.Name(name), default=cst.Name(default), equal=equal)
    return annotated(cst.Param(cst.Name(name)), is_annotated)


def annotated(param: cst.Param, is_annotated: bool) -> cst.Param:
    """Return *param* with its type, if types are given and it is a stream."""
    kind = _TYPES.get(param.name.value) if is_annotated else None
    return param.with_changes(annotation=cst.Annotation(cst.parse_expression(kind))) if kind else param


def has_types(params: cst.Parameters) -> bool:
    """Tell whether any of a function's parameters is annotated."""
    return any(param.annotation is not None for param in params.params)
