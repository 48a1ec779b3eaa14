"""Sessions on async_chat: framing, input, output and life cycle, each chosen from what real classes do."""

from __future__ import annotations

import ast

from hypothesis import strategies as st

from .servers import served, sometimes
from .source import Generated, Pieces, case, chain, fill, members, method

_PIECES = Pieces("chats")
_WORDS = (b"hello", b"quit", b"boom", b"ping", b" ", b"x" * 25)

_SESSION = """
class Session(asynchat.async_chat):
    {attributes}

    {start}

    {members}
"""
_FAMILY = """
class Base(asynchat.async_chat):
    {attributes}

    {start}


class Session(Base):
    {members}
"""


@st.composite
def chat_servers(draw: st.DrawFn) -> Generated:
    """Return servers whose sessions are async_chats."""

    def one(section: str) -> str:
        return draw(st.sampled_from(_PIECES.of(section)))

    framing, gathering = (draw(st.sampled_from(_PIECES.parts(name))) for name in ("framings", "gatherings"))
    reply, mishap = one("replies"), draw(sometimes(_PIECES.of("mishaps")))
    settings = draw(st.permutations((gathering["start"], framing["setup"])))
    constructor = (
        one("base_calls"),
        "self.server = server\nself.count = 0",
        *settings,
        draw(sometimes(_PIECES.of("greetings"))),
    )
    frame = chain(
        case("data == b'quit'", one("farewells")),
        framing.get("cases", ""),
        case("data == b'boom'", mishap),
        otherwise=reply,
    )
    chosen = st.lists(st.sampled_from(_PIECES.of("methods")), max_size=2, unique_by=lambda text: text.split("(")[0])
    needed = [extra for extra in _PIECES.parts("needed") if extra["for"] in reply]
    template = draw(st.sampled_from((_SESSION, _SESSION, _FAMILY)))
    start = members(
        method("__init__(self, sock, addr, server)", *constructor),
        method("collect_incoming_data(self, data)", gathering["collect"]),
    )
    session = fill(
        template,
        attributes="\n".join(part.get("attributes", "kind = 'session'") for part in (framing, gathering)),
        start=start.replace("super(Session", "super(Base") if template is _FAMILY else start,
        members=members(
            method("found_terminator(self)", gathering["take"], frame, framing.get("after", "")),
            *draw(chosen),
            *(extra.get("methods", "") for extra in needed),
        ),
    )
    module = "\n\n\n".join(
        filter(None, [framing.get("module", ""), *(extra.get("module", "") for extra in needed)])
    )
    words = tuple(ast.literal_eval(word) for word in framing["words"].split(" "))
    server = "\n".join(extra.get("server", "") for extra in needed)
    return Generated(draw(served(session, module, server)), (*words, *words, *_WORDS))
