"""Parameters that take the place of others: a connection is two streams where it was one socket.

What was annotated stays so: whoever wrote down the type of the socket is told those of the streams. Generated
methods of a class with types have some, too.
"""

from __future__ import annotations

import re

import libcst as cst

_RESULT = re.compile(r"^\s*return [^\s#]|\byield\b", re.MULTILINE)
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
    if not is_annotated:
        return param.with_changes(annotation=None)
    kind = _TYPES.get(param.name.value)
    return param.with_changes(annotation=cst.Annotation(cst.parse_expression(kind))) if kind else param


def has_types(function: cst.FunctionDef) -> bool:
    """Tell whether a function's result, or any of its parameters, is annotated."""
    return function.returns is not None or any(param.annotation is not None for param in function.params.params)


def with_types(method: cst.FunctionDef) -> cst.FunctionDef:
    """Return a generated method with the types that its author would have given, as far as they are simple."""
    params = [param if param.annotation else annotated(param, is_annotated=True) for param in method.params.params]
    method = method.with_changes(params=method.params.with_changes(params=params))
    if method.returns is not None or _RESULT.search(cst.Module([method]).code):
        return method
    return method.with_changes(returns=cst.Annotation(cst.Name("None")))
