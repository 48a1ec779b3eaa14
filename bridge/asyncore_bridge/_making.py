"""What ``as_protocol()``, ``serve()`` and ``connect()`` accept, and how it is called for each connection."""

from __future__ import annotations

import functools
import inspect
import re
from typing import Any, Callable

from . import _adoption, asyncore
from ._errors import RERAISED

Make = Callable[..., Any]

_SOCK = re.compile(r"sock|conn|client|channel|request|^(c|s|fd)$", re.IGNORECASE)
_ADDR = re.compile(r"addr|peer|remote|host|^a$", re.IGNORECASE)
_STOCK_INITS = (asyncore.dispatcher.__init__, asyncore.dispatcher_with_send.__init__)


def how_to_call(make: Make, asked: str) -> Make:
    """Return a function of (sock, addr) that calls *make* with what it takes.

    *asked* is the function that the user called, with an ellipsis for what it takes besides *make*.  Raises
    TypeError, which says what to write instead, if *make* cannot be called.
    """
    name = asked.partition(", ")[0]
    if not callable(make):
        raise TypeError(
            f"{name}() needs something to call for each connection, not {make!r}; for a listener, "
            f"give its method: {_call(asked, 'listener.handle_accepted')}"
        )
    refuse_coroutine_function(make, f"{name}()'s make", "it returns the channel; spawn() in its handlers")
    listener = getattr(make, "__self__", None)
    if isinstance(listener, asyncore.dispatcher) and make.__name__ in ("handle_accepted", "handle_accept"):
        return lambda sock, addr: _accept(listener, sock, addr)
    try:
        signature = inspect.signature(make)
    except (TypeError, ValueError):
        return make
    if inspect.isclass(make):
        foreign = origin(make)
        if foreign:
            raise TypeError(f"{name}() serves the bridge's classes, not {make.__qualname__}{foreign}")
        return _how_to_construct(make, signature, asked)
    for args in (2, 1):
        try:
            signature.bind(*[None] * args)
        except TypeError:
            continue
        return make if args == 2 else _with_sock(make)
    raise TypeError(
        f"{name}() calls {make!r} with (sock, addr), but its signature is {signature}; "
        f"adapt it, for example {_call(asked, 'lambda sock, addr: Handler(sock)')}"
    )


def _with_sock(make: Make) -> Make:
    """Return *make* as a function of (sock, addr), which goes by its name where errors are told."""

    @functools.wraps(make, updated=())
    def call(sock: Any, _addr: Any) -> Any:
        return make(sock)

    return call


def refuse_coroutine_function(call: Any, what: str, why: str) -> None:
    """Raise TypeError if *call* is one: nobody would await what it returns."""
    if inspect.iscoroutinefunction(call):
        raise TypeError(f"{what} must be a plain function, not 'async def' {call.__name__}: {why}")


def origin(thing: Any) -> str:
    """Say what to do about a class, or an object, that derives from somebody else's asyncore; "" if it does not."""
    cls = thing if isinstance(thing, type) else type(thing)
    base = next((base for base in cls.__mro__ if base.__name__ == "dispatcher"), None)
    if base is None or issubclass(cls, asyncore.dispatcher):
        return ""
    module = base.__module__
    whose = "the standard library's asyncore" if module == "asyncore" else module
    return (
        f": it derives from {whose}; call asyncore_bridge.install() before the program's modules are imported, or "
        f"serve it as it is with asyncore_bridge.adopt({module})"
    )


def _call(asked: str, argument: str) -> str:
    name, _, more = asked.partition(", ")
    return f"{name}({', '.join(filter(None, (argument, more)))})"


def _accept(listener: asyncore.dispatcher, sock: Any, addr: Any) -> None:
    """Have *listener* accept a connection that a transport has."""
    token = _adoption.accepted.set((listener, sock, addr))
    try:
        listener.handle_accept()
    except RERAISED:
        raise
    except BaseException:
        listener.handle_error()
    finally:
        _adoption.accepted.reset(token)
        if sock.is_free():
            sock.close()  # refused: nobody refers to it any more


def _how_to_construct(cls: type, signature: inspect.Signature, asked: str) -> Make:
    stock = cls.__init__ in _STOCK_INITS  # type: ignore[misc]  # only compared
    if stock and not _only_listens(cls):
        return _with_sock(cls)
    parameters = list(signature.parameters.values())
    required = [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    positional = [
        parameter.name
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    if required and required == positional[: len(required)] and _SOCK.search(required[0]):
        if len(required) <= 2 and len(positional) > 1 and _ADDR.search(positional[1]):
            return cls
        if len(required) == 1:
            return _with_sock(cls)
    raise TypeError(_advice(cls, signature, required, asked))


def _only_listens(cls: type) -> bool:
    """Whether *cls* accepts connections, and reads none."""
    base = asyncore.dispatcher

    def overrides(*names: str) -> bool:
        return any(getattr(cls, name, None) is not getattr(base, name, None) for name in names)

    return overrides("handle_accept", "handle_accepted") and not overrides(
        "handle_read", "handle_read_event", "handle_write", "found_terminator"
    )


def _advice(cls: type, signature: inspect.Signature, required: list[str], asked: str) -> str:
    """Say what to write instead of the class."""
    name = asked.partition(", ")[0]
    if _only_listens(cls):
        return (
            f"{name}() needs what is made for each connection, but {cls.__qualname__} is a listener; give what its "
            f"handle_accepted() makes: {_call(asked, 'lambda sock, addr: Session(sock)')}; or make a listener, and "
            "serve it as it is with asyncore_bridge.attach() or until_empty()"
        )
    plain = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
    signature = signature.replace(parameters=plain, return_annotation=signature.empty)
    names = required
    if any(map(_SOCK.search, required)):
        names = ["sock" if _SOCK.search(n) else "addr" if _ADDR.search(n) else n for n in required]
    example = f"lambda sock, addr: {cls.__name__}({', '.join(names)})"
    return (
        f"{name}() calls a class with (sock) or (sock, addr), but {cls.__qualname__} takes {signature}; "
        f"say how to make one: {_call(asked, example)}"
    )
