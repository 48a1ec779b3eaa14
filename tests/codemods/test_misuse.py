"""Mistakes about the old API are found, and what looks like them but is right is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.codes import Code
from asyncore_codemods.index import build_index
from asyncore_codemods.misuse import find_misuse

if TYPE_CHECKING:
    from conftest import Tree

IMPORTS = "import asyncio, asyncore, asynchat, smtpd\n\n"


def found(tree: Tree, text: str) -> list[Code]:
    tree.write("a.py", IMPORTS + text + "\n")
    return [finding.code for finding in find_misuse(build_index([tree.root]), [tree.root])]


def chat(*methods: str) -> str:
    return "class C(asynchat.async_chat):\n" + "".join(f"    def {method}\n" for method in methods)


def dispatcher(*methods: str) -> str:
    return chat(*methods).replace("asynchat.async_chat", "asyncore.dispatcher")


RIGHT = {
    "start_server with a function": "def serve(reader, writer): pass\nasyncio.start_server(serve)",
    "start_server of something else": chat("f(self): pass") + "mine.start_server(C)",
    "every argument of loop": "asyncore.loop(timeout=1, use_poll=True, map={}, count=3)",
    "a map by name": "channels = {}\nasyncore.loop(map=channels)\nasyncore.loop(1, False, channels)",
    "loop of something else": "asyncio.get_event_loop().loop(handler=1)\nmine.loop(handler=1)",
    "handlers as they are called": dispatcher(
        "handle_error(self): pass",
        "handle_accept(this): pass",
        "handle_accepted(self, sock, addr): pass",
        "handle_read(self, size=10): pass",
        "handle_write(*args): pass",
        "handle_close(self, *args, **kwargs): pass",
    ),
    "handlers of another class": "class C:\n    def handle_error(self, error): pass\n",
    "frames as they are delivered": chat("found_terminator(self): pass", "collect_incoming_data(self, data): pass"),
    "bytes": chat("f(self): self.set_terminator(b'x'); self.push(b'%d' % 1); self.push(('%d' % 1).encode())"),
    "an encoding": chat("f(self): self.set_terminator('x')").replace(":\n", ":\n    use_encoding = 1\n", 1),
    "a push that encodes": chat("f(self): self.push('x')", "push(self, data): pass"),
    "a push that a base encodes": "class B(asynchat.async_chat):\n    def push(self, d): pass\n"
    + chat("f(self): self.push('x')").replace("asynchat.async_chat", "B"),
    "an SMTP channel pushes text": "class C(smtpd.SMTPChannel):\n    def f(self): self.push('250 Ok')\n",
    "recv with a size": dispatcher("handle_read(self): self.recv(10)", "found_terminator(self): self.recv(4)"),
    "a recv of one's own": chat("recv(self): pass", "found_terminator(self): self.recv()"),
    "sockets for arguments": chat("f(self, sock): C(sock); asynchat.async_chat(sock, map={})")
    + "sock = make()\nasynchat.async_chat(sock)\nasyncore.dispatcher(sock=sock, map={})",
    "a parameter that is called like a dispatcher": "server = asyncore.dispatcher()\n"
    "def f(server): asynchat.async_chat(server)",
    "names that exist": "asyncore.loop()\nasyncore.close_all()\nasyncore.compact_traceback()\nasynchat.fifo()",
    "a name that the project adds": "asyncore.mine = 1\nasyncore.mine()",
    "methods of one's own": dispatcher("f(self): self.reset(); self.buffer()", "reset(self): pass")
    + "    def g(self): self.buffer = 1\n",
    "methods of a mixin that is not known": "import other\n"
    + dispatcher("f(self): self.reset(); self.setsockopt(1)").replace("dispatcher)", "dispatcher, other.Mixin)"),
    "methods of a subclass": dispatcher("f(self): self.reset()") + "class D(C):\n    def reset(self): pass\n",
    "counts set anew": chat(
        "__init__(self): self.set_terminator(4)", "found_terminator(self): self.set_terminator(8)"
    ),
    "a count for one frame": chat("__init__(self): self.set_terminator(4)", "found_terminator(self): self.close()"),
    "a count that another object changes": chat(
        "__init__(self): self.set_terminator(4)", "found_terminator(self): parse(self)"
    ),
    "no count": chat("__init__(self): self.set_terminator(0)", "found_terminator(self): pass"),
    "a line": chat("__init__(self): self.set_terminator(b'x')", "found_terminator(self): pass"),
    "close when done": chat("f(self):\n        self.push(b'x')\n        self.close_when_done()"),
    "close without a push": chat("f(self):\n        self.log('x')\n        self.close()"),
    "a close of one's own": chat("f(self):\n        self.push(b'x')\n        self.close()", "close(self): pass"),
    "the socket's methods on the socket": dispatcher("f(self): self.socket.setsockopt(1, 2, 3)"),
    "a method called like a socket's": dispatcher("f(self): self.sendall(1)", "sendall(self, x): pass"),
    "delegation of one's own": dispatcher("f(self): self.getsockname()", "__getattr__(self, name): pass"),
}

WRONG = {
    "start_server": (chat("f(self): pass") + "asyncio.start_server(C, '', 1)", Code.START_SERVER),
    "start_server of the base": ("asyncio.start_server(asynchat.async_chat)", Code.START_SERVER),
    "a class for a map": (chat("f(self): pass") + "asyncore.loop(map=C)", Code.LOOP_ARGUMENT),
    "a handler": ("asyncore.loop(handler=1)", Code.LOOP_ARGUMENT),
    "an error": (dispatcher("handle_error(self, error): pass"), Code.SIGNATURE),
    "no self": (dispatcher("handle_accept(): pass"), Code.SIGNATURE),
    "no data": (chat("collect_incoming_data(self): pass"), Code.SIGNATURE),
    "a text terminator": (chat("f(self): self.set_terminator('x')"), Code.TEXT_MODE),
    "a text push": (chat("f(self): self.push('x')"), Code.TEXT_MODE),
    "a formatted push": (chat("f(self): self.push('%s' % 1)"), Code.TEXT_MODE),
    "an f-string": (chat("f(self): self.push(f'{self}')"), Code.TEXT_MODE),
    "recv in found_terminator": (chat("found_terminator(self): self.recv(4)"), Code.RECEIVING),
    "recv without a size": (dispatcher("handle_read(self): self.recv()"), Code.RECEIVING),
    "a dispatcher for a socket": ("s = asyncore.dispatcher()\nasynchat.async_chat(s)", Code.ARGUMENT),
    "an unknown argument": ("asyncore.dispatcher(map_address=1)", Code.ARGUMENT),
    "an unknown argument of __init__": (
        chat("__init__(self): asynchat.async_chat.__init__(self, address=1)"),
        Code.ARGUMENT,
    ),
    "an invented function": ("asyncore.sync_channel_from(1)", Code.INVENTED),
    "start_server on self": (dispatcher("f(self): self.start_server()"), Code.INVENTED),
    "empty": (chat("f(self): self.empty()"), Code.INVENTED),
    "buffer": (chat("f(self): self.buffer()"), Code.INVENTED),
    "reset": (chat("f(self): self.reset()"), Code.INVENTED),
    "a count": (
        chat("__init__(self): self.set_terminator(4)", "found_terminator(self): self.push(b'')"),
        Code.COUNTED_ONCE,
    ),
    "push and close": (chat("f(self):\n        self.push(b'x')\n        self.close()"), Code.PUSH_CLOSE),
    "an option": (dispatcher("f(self): self.setsockopt(1, 2, 3)"), Code.DELEGATION),
    "an address": (chat("f(self): self.getpeername()"), Code.DELEGATION),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_correct_code_is_not_accused(tree: Tree, text: str) -> None:
    assert found(tree, text) == []


@pytest.mark.parametrize(("text", "code"), WRONG.values(), ids=WRONG)
def test_mistakes_are_found(tree: Tree, text: str, code: Code) -> None:
    assert found(tree, text) == [code]


def test_a_module_that_does_not_exist(tree: Tree) -> None:
    tree.write("a.py", "import asyncchat\n\nclass C(asyncchat.async_chat):\n    pass\n")
    (finding,) = find_misuse(build_index([tree.root]), [])
    assert (finding.code, finding.line) == (Code.MODULE_NAME, 1)


def test_unless_the_project_has_it(tree: Tree) -> None:
    tree.write("asyncchat.py", "x = 1\n")
    tree.write("a.py", "import asyncchat\nimport asynchat\n")
    assert list(find_misuse(build_index([tree.root]), [])) == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("requirements.txt", "asynchat"),
        ("requirements-dev.txt", "asyncore==1.0  # the loop"),
        ("pyproject.toml", 'dependencies = ["smtpd>=1"]'),
        ("pyproject.toml", '    "asynchat",'),
        ("README.md", "Run `pip install asynchat` first."),
        ("Dockerfile", "RUN pip install requests asyncore"),
    ],
)
def test_requirements(tree: Tree, name: str, line: str) -> None:
    tree.write(name, f"# x\n{line}\n")
    (finding,) = find_misuse(build_index([tree.root]), [tree.root])
    assert (finding.code, finding.line) == (Code.REQUIREMENT, 2)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("requirements.txt", "pyasynchat"),
        ("requirements.txt", "asyncore-bridge"),
        ("requirements.txt", "# asynchat"),
        ("requirements.txt", "asynchat-extra==1"),
        ("pyproject.toml", 'keywords = ["old", "asyncore", "asynchat"]'),
        ("README.md", "It uses asynchat. pip install pyasynchat."),
        ("README.md", "pip install asyncore-bridge"),
    ],
)
def test_requirements_that_are_right(tree: Tree, name: str, line: str) -> None:
    tree.write(name, f"{line}\n")
    assert list(find_misuse(build_index([tree.root]), [tree.root])) == []
