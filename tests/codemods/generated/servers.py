"""Listeners, and the loops that run them. A session is made by ``Session(sock, addr, server)``."""

from __future__ import annotations

from hypothesis import strategies as st

from .source import Pieces, fill, members, method

_PIECES = Pieces("servers")

_PROGRAM = """
import asynchat
import asyncore
import io
import socket
import sys
import threading


{module}


{session}


class Server(asyncore.dispatcher):
    make = Session

    def __init__(self, port):
        {base}
        self.accepted = 0
        self.sessions = []
        {address}
        {setup}

    {members}


{loop}
"""
_BASES = ("asyncore.dispatcher.__init__(self)", "super().__init__()")
_ADDRESS = "address = ('127.0.0.1', port)\nbacklog = 5"
_SERVE = method("serve(self)", "try:\n    asyncore.loop()\nexcept KeyboardInterrupt:\n    print('stopped')")


def sometimes(pieces: list[str]) -> st.SearchStrategy[str]:
    """Return one of *pieces*, or more often nothing."""
    return st.one_of(st.just(""), st.just(""), st.sampled_from(pieces))


@st.composite
def served(draw: st.DrawFn, session: str, module: str = "", server: str = "") -> str:
    """Return a whole program around a session class; *server* is a method that the listener must have."""
    accepting, setup, loop = (draw(st.sampled_from(_PIECES.of(name))) for name in ("accepting", "setups", "loops"))
    own = draw(sometimes(_PIECES.of("own_methods")))
    return fill(
        _PROGRAM,
        module=module or "KINDS = ['session']",
        session=session,
        base=draw(st.sampled_from(_BASES)),
        address=_ADDRESS if "address" in setup else "",
        setup=setup,
        members=members(
            fill(accepting, made=draw(st.sampled_from(_PIECES.of("made")))),
            own,
            server,
            _SERVE if "server.serve()" in loop else "",
        ),
        loop=loop,
    )
