"""Mistakes about the old API are found, and what looks like them but is right is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import fix

from asyncore_codemods.codes import Code
from asyncore_codemods.index import build_index
from asyncore_codemods.misuse import find_misuse
from asyncore_codemods.options import Options

if TYPE_CHECKING:
    from conftest import Tree

IMPORTS = "import asyncio, asyncore, asynchat, smtpd\n\n"


def found(tree: Tree, text: str) -> list[Code]:
    tree.write("a.py", IMPORTS + text + "\n")
    return [finding.code for finding in find_misuse(build_index([tree.root]))]


def chat(*methods: str) -> str:
    return "class C(asynchat.async_chat):\n" + "".join(f"    def {method}\n" for method in methods)


def dispatcher(*methods: str) -> str:
    return chat(*methods).replace("asynchat.async_chat", "asyncore.dispatcher")


LISTENER = "class L(asyncore.dispatcher):\n    def handle_accepted(self, sock, addr): pass\n"
SESSION = "class S(asynchat.async_chat):\n    def __init__(self, server, sock): super().__init__(sock)\n"
READER = "class S(asynchat.async_chat):\n    def __init__(self, sock): asynchat.async_chat.__init__(self, sock)\n"
TWO_STATES = """found_terminator(self):
        if self.data:
            self.push(b'x')
        else:
            self.set_terminator(8)"""

RIGHT = {
    "start_server with a lambda": "asyncio.start_server(lambda r, w: serve(r))",
    "create_server with a factory": chat("f(self): pass")
    + "asyncio.get_event_loop().create_server(lambda: bridge.as_protocol(C))",
    "create_server of something else": chat("f(self): pass") + "mine.create_server(C)",
    "a class in a class": chat("f(self): self.Part()", "g(self): pass\n    class Part: pass") + "C()",
    "a count, and another that is worked out": chat(
        "__init__(self): self.set_terminator(4)", "found_terminator(self): self.set_terminator(self.size())"
    ),
    "a mail server's handler": "class C(smtpd.SMTPServer):\n    def process_message(self, p, m, r, d, **k): pass",
    "a mail server's handler with names": "class C(smtpd.SMTPServer):\n"
    "    def process_message(self, p, m, r, d, mail_options=None, rcpt_options=None): pass\n",
    "a mail server in text mode": "class C(smtpd.SMTPServer):\n    def process_message(self, p, m, r, d): pass\n"
    "C(None, None, decode_data=True)",
    "sessions that know their server": LISTENER + SESSION + "listener = L()\nS(listener, sock)",
    "a name for a listener and a socket": LISTENER + READER + "x = L()\nx = sock()\nS(x)",
    "a send that encodes": dispatcher("f(self): self.send('x')", "send(self, data): pass"),
    "a push and a close with time between": chat(
        "f(self):\n        self.push(b'x')\n        self.initiate_send()\n        self.close()",
        "g(self):\n        self.push(b'x')\n        if self.done: return\n        self.close()",
    ),
    "a push and one's own end": chat(
        "f(self):\n        self.push(b'x')\n        self.handle_close()",
        "handle_close(self): self.close_when_done()",
    ),
    "attributes that others set": chat("f(self): return self.empty, self.family, self.reset()")
    + "def f(c): c.empty = c.family = c.reset = 1",
    "methods of a subclass's mixin": "class M:\n    def mine(self): pass\n"
    + chat("f(self): self.mine()")
    + "class D(M, C): pass",
    "a method for whoever derives from it": chat("f(self): self.line_received()"),
    "methods by name": chat("f(self): self.mine()") + "setattr(C, name, value)",
    "a channel's own methods": chat("mine(self): pass") + "c = C()\nc.mine()\nc.push(b'x')\nc.socket.getpeername()",
    "methods of another thing": chat("f(self): pass") + "c = C()\ndef f(c): c.mine(), c.getpeername()",
    "a count in each state": chat("__init__(self): self.set_terminator(b'x')", TWO_STATES)
    + "    def g(self): self.set_terminator(b'x')\n",
    "a count for the last frame": chat("__init__(self): self.set_terminator(b'x')", TWO_STATES)
    + "    def g(self): self.close_when_done()\n",
    "a plain import": "import sys, importlib\nimportlib.import_module('json')\nsys.modules['json'] = 1",
    "a class called like a copy": "class dispatcher:\n    def loop(self): pass\n",
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
    "start_server by keyword": (
        chat("f(self): pass") + "asyncio.start_server(client_connected_cb=C)",
        Code.START_SERVER,
    ),
    "start_server with a lambda": (
        chat("f(self): pass") + "asyncio.start_server(lambda r, w: C(r))",
        Code.START_SERVER,
    ),
    "start_server in part": (
        chat("f(self): pass") + "import functools\nasyncio.start_server(functools.partial(C, 1))",
        Code.START_SERVER,
    ),
    "create_server": (chat("f(self): pass") + "asyncio.get_running_loop().create_server(C)", Code.START_SERVER),
    "create_connection": (chat("f(self): pass") + "loop.create_connection(lambda: C())", Code.START_SERVER),
    "a channel for a map": (LISTENER + "asyncore.loop(map=L())", Code.LOOP_ARGUMENT),
    "a named channel for a map": (LISTENER + "x = L()\nasyncore.loop(30, False, x)", Code.LOOP_ARGUMENT),
    "a channel for a timeout": (LISTENER + "x = L()\nasyncore.loop(x)", Code.LOOP_ARGUMENT),
    "a list for a map": ("asyncore.loop(map=[1])", Code.LOOP_ARGUMENT),
    "a coroutine": (dispatcher("f(self): pass") + "    async def handle_read(self): pass", Code.SIGNATURE),
    "no options": (
        "class C(smtpd.SMTPServer):\n    def process_message(self, p, m, r, d): pass",
        Code.SIGNATURE,
    ),
    "a text send": (dispatcher("f(self): self.send('x')"), Code.TEXT_MODE),
    "a push of str()": (chat("f(self): self.push(str(1))"), Code.TEXT_MODE),
    "recv in collect_incoming_data": (chat("collect_incoming_data(self, data): self.recv(4)"), Code.RECEIVING),
    "itself for a socket": (dispatcher("f(self): asynchat.async_chat(self)"), Code.ARGUMENT),
    "itself for a session's socket": (
        READER + "class L(asyncore.dispatcher):\n    def handle_accept(self): S(self)",
        Code.ARGUMENT,
    ),
    "a listener for a session's socket": (LISTENER + READER + "listener = L()\nS(listener)", Code.ARGUMENT),
    "a listener for an inherited socket": (
        LISTENER + SESSION + "class T(S):\n    pass\nlistener = L()\nT(1, sock=listener)",
        Code.ARGUMENT,
    ),
    "an unknown argument of super()": (
        dispatcher("__init__(self): super().__init__(map_address=1)"),
        Code.ARGUMENT,
    ),
    "an invented name": ("from asyncore import sync_channel_from\nsync_channel_from(1)", Code.INVENTED),
    "any method that nobody has": (chat("f(self): self.send_line(1)") + "C(1)", Code.INVENTED),
    "any method of a channel": (chat("f(self): pass") + "c = C()\nc.start()", Code.INVENTED),
    "an attribute": (chat("f(self): return self.empty"), Code.INVENTED),
    "a count in one state": (
        chat("__init__(self): self.set_terminator(b'x')", TWO_STATES),
        Code.COUNTED_ONCE,
    ),
    "push, print and close": (
        chat("f(self):\n        self.push(b'x')\n        print(1)\n        self.close()"),
        Code.PUSH_CLOSE,
    ),
    "a push in a branch, and close": (
        chat("f(self):\n        if 1:\n            self.push(b'x')\n        self.close()"),
        Code.PUSH_CLOSE,
    ),
    "push and handle_close": (
        chat("f(self):\n        self.push(b'x')\n        self.handle_close()"),
        Code.PUSH_CLOSE,
    ),
    "a socket's attribute": (dispatcher("f(self): return self.family"), Code.DELEGATION),
    "a socket's method from outside": (chat("f(self): pass") + "c = C()\nc.getpeername()", Code.DELEGATION),
    "another module": ("import sys\nsys.modules['asyncore'] = mine", Code.TRICK),
    "an import by name": ("import importlib\nm = importlib.import_module('asynchat')", Code.TRICK),
    "an import by name, deep": ("def f():\n    return __import__('smtpd')", Code.TRICK),
    "an injection": ("from eventlet import patcher\npatcher.inject('asyncore', globals())", Code.TRICK),
    "a name that the project adds": ("asyncore.mine = 1\nasyncore.mine()", Code.TRICK),
    "a copy": (
        "def loop(): pass\ndef poll(): pass\n"
        + dispatcher(
            "create_socket(self): pass", "handle_read_event(self): pass", "del_channel(self): pass"
        ).replace("class C(asyncore.dispatcher)", "class dispatcher"),
        Code.OWN_COPY,
    ),
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
    (finding,) = find_misuse(build_index([tree.root]))
    assert (finding.code, finding.line) == (Code.MODULE_NAME, 1)


def test_unless_the_project_has_it(tree: Tree) -> None:
    tree.write("asyncchat.py", "x = 1\n")
    tree.write("a.py", "import asyncchat\nimport asynchat\n")
    assert list(find_misuse(build_index([tree.root]))) == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("requirements.txt", "asynchat"),
        ("requirements-dev.txt", "asyncore==1.0  # the loop"),
        ("requirements-dev.txt", "pyasyncore>=1; python_version >= '3.12'"),
        ("sub/deep/requirements.in", "standard_smtpd"),
        ("sub/requirements/tests.txt", "pyasynchat"),
        ("pyproject.toml", "project.dependencies = ['smtpd>=1']"),
        ("pyproject.toml", "build-system.requires = ['asyncore[x]; python_version<\"4\"']"),
        ("pyproject.toml", "dependency-groups.dev = ['x', 'asyncore']"),
        ("pyproject.toml", "project.optional-dependencies.dev = ['x', 'asyncore']"),
        ("sub/pyproject.toml", "[tool.poetry.dependencies]\nasyncore = '^1'"),
        ("Pipfile", "[dev-packages]\nasynchat = '*'"),
        ("setup.py", "setup(install_requires=['flask', 'asynchat>=1'], keywords='asynchat')"),
        ("setup.py", "setup(extras_require={'tests': ['flask', 'asynchat>=1']})"),
        ("sub/setup.py", "requirements = ['a', 'standard-smtpd; python_version>\"3\"']"),
        ("setup.py", "requires = []; requires.append('asyncore')"),
        ("setup.cfg", "[options]\ninstall_requires = flask; asynchat"),
        ("setup.cfg", "[options.extras_require]\ntests =\n    asynchat >= 1"),
        ("tox.ini", "[testenv]\ndeps =\n    py39: asynchat"),
        ("environment.yml", "dependencies: [\n- 'asynchat'"),
        ("README.md", "Run `pip install asynchat` first."),
        ("Dockerfile", "RUN pip install requests asyncore"),
    ],
)
def test_requirements(tree: Tree, name: str, line: str) -> None:
    tree.write(name, f"# x\n{line}\n")
    (finding,) = find_misuse(build_index([tree.root]))
    assert (finding.code, finding.line) == (Code.REQUIREMENT, line.count("\n") + 2)
    at = tree.read(name).splitlines()[finding.line - 1][finding.column - 1 :]
    assert at.lstrip("\"'").startswith(finding.message.split()[1])


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Makefile", "\tpython3 -m smtpd -n -c DebuggingServer localhost:1025"),
        ("docs/README.rst", "``FILE=x python -msmtpd -n -c box.Server localhost:8025``"),
        ("run.sh", '"$PYTHON" -m smtpd -n &'),
        ("a.py", "import os, sys\nos.system('python -m smtpd -n &')"),
        ("a.py", "p = Popen(('python3', '-m', 'smtpd', '-n'))"),
        ("a.py", "os.execlp('python3', 'python3', '-m', 'smtpd')"),
        ("a.py", "COMMAND = '-m smtpd'"),
    ],
)
def test_commands(tree: Tree, name: str, line: str) -> None:
    tree.write(name, f"# x\n{line}\n")
    (finding,) = find_misuse(build_index([tree.root]))
    assert (finding.code, finding.line) == (Code.COMMAND_LINE, line.count("\n") + 2)
    assert fix(tree.root).changed == []
    assert "smtpd" in tree.read(name).splitlines()[finding.line - 1][finding.column - 1 :]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Makefile", "\tpython3 -m asyncore_bridge -m smtpd -n"),
        ("README.md", "python -m smtpdfix; grep -m smtpd.log"),
        ("notes.txt", "python -m smtpd"),
        ("a.py", "call([sys.executable, '-m', 'asyncore_bridge', '-m', 'smtpd'])"),
        ("a.py", "call([sys.executable, '-m', 'smtpd.tools'])"),
        ("a.py", '"""Instead of python -m smtpd."""'),
        ("a.py", "log('fails with -m smtpd')"),
    ],
)
def test_commands_that_are_right(tree: Tree, name: str, line: str) -> None:
    tree.write(name, f"{line}\n")
    assert list(find_misuse(build_index([tree.root]))) == []


@pytest.mark.parametrize("options", [Options(), Options(unsafe=True), Options(level="loop")])
def test_a_command_of_ones_own_python_runs_on_the_bridge(tree: Tree, options: Options) -> None:
    text = "import sys\n\nCOMMAND = [sys.executable, '-m', 'smtpd', '-n']  # smtpd\n"
    tree.write("a.py", text)
    tree.write("b.py", f"import asyncore\n{text}print(asyncore)\n")
    outcome = fix(tree.root, options)
    assert [f.fixable for f in outcome.findings if f.code is Code.COMMAND_LINE] == [True, True]
    new = text.replace("'smtpd'", "'asyncore_bridge.smtpd'")
    assert tree.read("a.py") == new
    assert tree.read("b.py") == f"from asyncore_bridge import asyncore\n{new}print(asyncore)\n"
    assert fix(tree.root, options).changed == []


@pytest.mark.parametrize("comment", ["  # asyncore-migrate: ignore", "  # asyncore-migrate: ignore[COMMAND-LINE]"])
def test_a_command_that_a_comment_speaks_for(tree: Tree, comment: str) -> None:
    text = f"import sys\n\ncall(sys.executable, '-m', 'smtpd'){comment}\n"
    tree.write("a.py", text)
    assert fix(tree.root).findings == []
    assert tree.read("a.py") == text


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("requirements.txt", "asyncore-bridge"),
        ("requirements.txt", "# asynchat"),
        ("requirements.txt", "asynchat-extra==1"),
        ("pyproject.toml", 'keywords = ["old", "asyncore", "asynchat"]'),
        ("pyproject.toml", '[tool.setuptools]\npackages = ["asyncore"]'),
        ("pyproject.toml", "asynchat"),
        ("setup.py", "setup(name='asynchat', py_modules=['asyncore'], keywords=['asyncore', 'smtpd'])"),
        ("setup.py", "install_requires = ['asynchat"),
        ("setup.cfg", "[metadata]\nname = asynchat\nkeywords =\n    asyncore"),
        ("README.md", "It uses asynchat. pip install asynchat-extra."),
        ("environment.yml", "name: asyncore"),
        ("notes.txt", "asyncore"),
        ("README.md", "pip install asyncore-bridge"),
    ],
)
def test_requirements_that_are_right(tree: Tree, name: str, line: str) -> None:
    tree.write(name, f"{line}\n")
    assert list(find_misuse(build_index([tree.root]))) == []
