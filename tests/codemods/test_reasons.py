"""One small program, varied: what can be rewritten, and which reason is given where it cannot."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.codes import Code
from asyncore_codemods.pipeline import run
from asyncore_codemods.printer.helpers import READ_UNTIL
from asyncore_codemods.rules import MISTAKES
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

CONVERTS: dict[str, dict[str, str]] = {
    "as it is": {},
    "pass in a function": {
        "main": "def step():\n    print('now')\n    asyncore.poll(0.1)\n\nServer(1)\nwhile True:\n    step()\n"
    },
    "pass in a function that says how long": {
        "main": "def step(wait=0.2):\n    asyncore.loop(wait, count=1)\n\nServer(1)\nwhile True:\n    step()\n"
    },
    "what others have of the same name": {
        "imports": "def f(plan, error):\n    plan.handle_error(plan, error)\n"
        "    plan.bind(error)\n    plan.connect(error)\n"
    },
    "what others cannot have of it, since nobody has it": {
        "imports": "def f(peer):\n    return peer.recv(1024).decode()\n"
    },
    "imported inside": {"imports": "def f():\n    import asyncore\n"},
    "imported where it is there": {
        "imports": "try:\n    import asyncore\n    there = True\nexcept ImportError:\n    there = False\n"
    },
    "a thread of its own": {"imports": "import threading\n\nclass T(threading.Thread):\n    pass\n"},
    "a thread that has a socket of its own": {
        "imports": "import socket\nimport threading\n\n"
        "class T(threading.Thread):\n    def __init__(self, port):\n        super().__init__()\n"
        "        self.peer = socket.create_connection(('', port))\n\n"
        "    def run(self):\n        self.peer.send(b'')\n        self.close()\n\n"
        "    def close(self):\n        self.peer.close()\n",
        "main": "T(80).start()\nServer(1)\nasyncore.loop()",
    },
    "a thread pool for something else": {"imports": "from concurrent.futures import ThreadPoolExecutor"},
    "a signal that says something": {
        "imports": "import signal\n\ndef tell(number, frame):\n    print('again')\n",
        "main": "signal.signal(signal.SIGHUP, tell)\nServer(1)\nasyncore.loop()",
    },
    "names of the author's own": {
        "methods": "def do_help(self):\n    return [name for name in dir(self) if name.startswith('do_')]\n"
    },
    "push for text": {
        "found": "line = b''.join(self.data)\nself.data = []\nself.push('you said ', line)",
        "methods": "def push(self, *words):\n    asynchat.async_chat.push(self, b''.join(map(bytes, words)))\n",
    },
    "a terminator looked at": {"found": "self.data = []\nprint(self.get_terminator(), self.terminator)"},
    "a terminator from outside": {
        "main": "def stop(session):\n    session.set_terminator(None)\n\n\nServer(1)\nasyncore.loop()",
    },
    "collecting with a print": {"collect": "self.data.append(data)\nprint(len(data))"},
    "collecting with a limit": {"collect": "if len(data) < 10:\n    self.data.append(data)"},
    "answering while collecting": {"collect": "self.push(data)"},
    "half a frame when the connection ends": {
        "methods": "def handle_close(self):\n    print(self.data)\n    self.close()\n"
    },
    "half a frame handled when the connection ends": {
        "methods": "def handle_close(self):\n    self.found_terminator()\n    self.close()\n"
    },
    "going on after a computed count": {
        "found": 'self.set_terminator(int(b"".join(self.data)))\nself.data = []\nself.push(b"go on")'
    },
    "methods that the class body assigns": {
        "methods": "readable = lambda self: True\nhandle_close = lambda self: self.close()\n"
        "collect_incoming_data = lambda self, data: self.data.append(data)\n"
    },
    "log is the author's attribute": {
        "init": "self.log = []\nself.set_terminator(b'!')",
        "found": "self.data = []\nself.log.append(1)",
    },
    "bytes added up": {"collect": "self.data += [data]"},
    "terminator in a class attribute": {"init": "pass", "methods": "terminator = b'\\n'"},
    "terminator in a constant": {"imports": "END = b'--'", "init": "self.set_terminator(END)"},
    "terminator encoded": {"init": 'self.set_terminator("\\r\\n".encode("ascii"))'},
    "nothing collected": {"collect": "pass", "found": 'self.push(b".")'},
    "no terminator": {"init": "self.set_terminator(None)", "collect": "self.push(data)", "found": "pass"},
    "counted": {
        "init": "self.set_terminator(4)",
        "found": 'self.push(b"".join(self.data))\nself.data = []\nself.set_terminator(4)',
    },
    "counted once": {"init": "self.set_terminator(4)"},
    "buffer looked at": {"found": "if self.data:\n    self.push(b''.join(self.data))\nself.data = []"},
    "collecting under a flag": {
        "init": 'self.deaf = False\nself.set_terminator(b"\\n")',
        "collect": "if not self.deaf:\n    self.data.append(data)",
        "found": 'self.deaf = b"".join(self.data) == b"deaf"\nself.data = []',
    },
    "counting what comes": {
        "init": 'self.size = 0\nself.set_terminator(b"\\n")',
        "collect": "self.data.append(data)\nself.size += len(data)",
    },
    "closing": {"found": "self.data = []\nself.close()"},
    "closing by hook": {"found": "self.data = []\nself.handle_close()"},
    "address": {"found": "self.data = []\nself.push(self.addr[0].encode())"},
    "peer name": {"found": "self.data = []\nprint(self.socket.getpeername())"},
    "socket options": {
        "found": "self.data = []\nself.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)"
    },
    "log_info": {"found": 'self.data = []\nself.log_info("line")\nself.log_info("x", "error")'},
    "log": {"found": 'self.data = []\nself.log("line")'},
    "log of the author's own": {"methods": "def log(self, message):\n    pass\n"},
    "log of the server's own": {"server_methods": "def log(self, *args):\n    print(*args)\n"},
    "state in a bound method": {
        "init": 'self.state = self.first\nself.set_terminator(b"\\n")',
        "found": 'self.state(b"".join(self.data))\nself.data = []',
        "methods": "def first(self, line):\n    self.push(line)\n",
    },
    "prints itself in its own way": {
        "found": "self.data = []\nprint(self)",
        "methods": "def __repr__(self):\n    return 'a session'\n",
    },
    "passes itself on": {"found": "self.data = []\nprint(len([self]))"},
    "push passed on": {"found": "self.data = []\nlist(map(self.push, [b'x', b'y']))"},
    "handle_connect that nobody calls": {"methods": "def handle_connect(self):\n    print('connected')\n"},
    "handle_expt that closes": {"methods": "def handle_expt(self):\n    self.close()\n"},
    "close overridden": {
        "methods": "def close(self):\n    print('closing')\n    asynchat.async_chat.close(self)\n"
    },
    "handle_error that closes": {"methods": "def handle_error(self):\n    print('error')\n    self.close()\n"},
    "predicate that asks the base class": {
        "methods": "def writable(self):\n    return super().writable()\n"
        "def readable(self):\n    return self.connected\n"
    },
    "server predicate of no use": {"server_methods": "def readable(self):\n    return self.accepting\n"},
    "handle_expt that runs the hook": {"methods": "def handle_expt(self):\n    self.handle_close()\n"},
    "log_info of the author's own": {"methods": "def log_info(self, message, type='info'):\n    print(message)\n"},
    "log kept in an attribute": {"init": 'self.log = print\nself.log("x")\nself.set_terminator(b"\\n")'},
    "loop with arguments": {"main": "server = Server(1)\nasyncore.loop(30.0, True)"},
    "loop in main": {"main": "def main():\n    server = Server(1)\n    return asyncore.loop()\n\nmain()"},
    "loop of a global": {"main": "server = Server(1)\n\ndef main():\n    asyncore.loop()\n\nmain()"},
    "loop with finally": {"main": "try:\n    Server(1)\n    asyncore.loop()\nfinally:\n    asyncore.close_all()"},
    "server made by a function": {
        "main": "def make():\n    print('made')\n    return Server(1)\n\ndef main():\n    make()\n"
        "    asyncore.loop()\nmain()"
    },
    "server made by a function, perhaps": {
        "main": "def make():\n    if sys.argv:\n        return Server(1)\n\nmake()\nasyncore.loop()"
    },
    "server left alone by a function": {
        "main": "def make():\n    Server(1)\n    print('made')\n\nserver = make()\nasyncore.loop()"
    },
    "server kept by a function": {
        "main": "def make(port):\n    server = Server(port)\n    print(server)\n\nmake(1)\nasyncore.loop()"
    },
    "mixin": {
        "imports": "class Words:\n    def say(self, words):\n        self.push(words)\n",
        "bases": "Words, asynchat.async_chat",
        "found": "self.say(b'x')\nself.data = []",
    },
    "thread that prints": {"imports": "import threading", "found": "threading.Thread(target=print).start()"},
    "timer that prints": {"imports": "from threading import Timer, Lock", "found": "Timer(1, print).start()"},
    "thread of a function": {
        "imports": "import threading, time\n\ndef tick():\n    while True:\n        time.sleep(1)\n"
        "        tock()\n\n"
        "def tock():\n    print('tock', flush=True)\n",
        "main": "threading.Thread(target=tick, daemon=True).start()\nServer(1)\nasyncore.loop()",
    },
    "servers in a list": {"main": "servers = [Server(port) for port in (1, 2)]\nasyncore.loop()"},
    "servers appended to a list": {
        "main": "servers = [Server(1)]\nfor port in (2, 3):\n    servers.append(Server(port))\nasyncore.loop()"
    },
    "servers in a list of all sorts": {"main": "s = [Server(1), None]\nasyncore.loop()"},
    "servers in a list that shrinks": {"main": "s = [Server(1)]\ns.pop()\nasyncore.loop()"},
    "asks what it has itself": {"found": "self.data = []\nprint(hasattr(self, 'data'), ValueError.__mro__)"},
    "servers that may fail": {
        "main": "s = []\nfor port in (1, 2):\n    try:\n        s.append(Server(port))\n    except OSError:\n"
        "        print(port)\nif not s:\n    sys.exit(1)\nprint(len(s))\nasyncore.loop()"
    },
    "the last server of several, given to a function": {
        "main": "def serve(s):\n    asyncore.loop()\n\nfor port in (1, 2):\n    last = Server(port)\nserve(last)"
    },
    "the last server of several, kept in an object": {
        "main": "class App:\n    def __init__(self):\n        for port in (1, 2):\n            "
        "self.server = Server(port)\n\n    def run(self):\n        asyncore.loop()\n\nApp().run()"
    },
    "mixin that replaces a hook": {
        "imports": "class Words:\n    def handle_close(self):\n        self.close()\n",
        "bases": "Words, asynchat.async_chat",
    },
    "servers by name": {
        "main": "s = {}\nfor n, port in ((1, 2), (3, 4)):\n    s[n] = Server(port)\nasyncore.loop()"
    },
    "servers in a display": {"main": "s = {1: Server(1), 2: Server(2)}\nasyncore.loop()"},
    "server with a type": {"main": "s: Server = Server(1)\nasyncore.loop()"},
    "types": {
        "imports": "from typing import Dict",
        "init": "self.others: Dict[int, Session] = {}\nself.set_terminator(b'!')",
        "main": "def find(name: str) -> Session:\n    raise KeyError(name)\n\n"
        "def stop(server: Server) -> None:\n    server.close()\n\nServer(1)\nasyncore.loop()",
    },
    "server with two names": {"main": "s = t = Server(1)\nasyncore.loop()"},
    "server or none": {"main": "try:\n    s = Server(1)\nexcept OSError:\n    sys.exit(1)\nasyncore.loop()"},
    "one of two servers": {"main": "if sys.argv[1:]:\n    Server(1)\nelse:\n    Server(2)\nasyncore.loop()"},
    "several servers": {"main": "for port in (1, 2, 3):\n    Server(port)\nasyncore.loop()"},
    "signal that a loop waits for": {
        "imports": "import signal\n\non = True\n\ndef end(*_):\n    global on\n    on = False\n",
        "main": "signal.signal(signal.SIGHUP, end)\nServer(1)\nwhile on:\n    asyncore.loop(1, count=1)",
    },
    "socket kept under a private name": {"init": "self.__sock = sock\nself.set_terminator(b'\\n')"},
    "socket kept under a private name, and asked": {
        "init": "self.__sock = sock\nself.set_terminator(b'\\n')",
        "found": "self.data = []\nprint(self.__sock.getpeername())",
    },
    "handle_expt of a listener": {"server_methods": "def handle_expt(self):\n    self.handle_error()\n"},
    "signal that raises ExitNow": {
        "imports": "import signal\n\ndef end(*_):\n    raise asyncore.ExitNow('hung up')\n",
        "main": "signal.signal(signal.SIGHUP, end)\nServer(1)\nasyncore.loop()",
    },
    "signal that a listener's method ends with": {
        "imports": "import signal",
        "server_methods": "def end(self, *_):\n    print('bye')\n    raise asyncore.ExitNow\n",
        "main": "server = Server(1)\nsignal.signal(signal.SIGTERM, server.end)\nasyncore.loop()",
    },
    "signal that ends": {
        "imports": "import signal",
        "main": "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\nServer(1)\nasyncore.loop()",
    },
}

AGAIN = "def serve(self):\n    try:\n        asyncore.loop()\n    except KeyboardInterrupt:\n        return True\n"
CONVERTS["a listener that serves once"] = {"server_methods": AGAIN, "main": "Server(1).serve()"}

STAYS: dict[str, tuple[str, dict[str, str]]] = {
    "one of several listeners a turn": (  # the first is in the map still when the second has its turn
        "LOOP",
        {"server_methods": AGAIN, "main": "for port in (1, 2):\n    server = Server(port)\n    server.serve()"},
    ),
    "names of asyncore's": (
        "INTERNALS",
        {"methods": "def hooks(self):\n    return [name for name in dir(self) if name.startswith('handle_')]\n"},
    ),
    "a terminator set while collecting": (
        "COLLECT",
        {"collect": "self.data.append(data)\nif len(data) > 3:\n    self.set_terminator(3)"},
    ),
    "collecting in asynchat": ("COLLECT", {"collect": "super().collect_incoming_data(data)"}),
    "handling in asynchat": ("INTERNALS", {"found": "self.data = []\nsuper().found_terminator()"}),
    "no terminator at all": ("TERMINATOR", {"init": "pass"}),
    "set_terminator passed on": ("TERMINATOR", {"found": "self.data = []\nprint(self.set_terminator)"}),
    "handle_error assigned": ("OVERRIDE", {"methods": "handle_error = lambda self: self.close()\n"}),
    "found_terminator of another name": (
        "OVERRIDE",
        {"methods": "def line(self):\n    self.data = []\n\nfound_terminator = line\n"},
    ),
    "predicate assigned": ("PREDICATE", {"methods": "readable = lambda self: not self.data\n"}),
    "internals": ("INTERNALS", {"found": "self.data = []\nprint(len(self.producer_fifo))"}),
    "sending by hand": ("INTERNALS", {"found": "self.push(b'ok')\nself.send(b''.join(self.data))\nself.data = []"}),
    "deleted terminator": ("TERMINATOR", {"found": "self.data = []\ndel self.terminator"}),
    "socket kept": (
        "CONSTRUCTION",
        {"init": 'self.sock = sock\nself.set_terminator(b"\\n")', "found": "self.sock.recv(1)\nself.data = []"},
    ),
    "socket kept under a private name": (
        "CONSTRUCTION",
        {"init": 'self.__sock = sock\nself.set_terminator(b"\\n")', "found": "self.__sock.recv(1)\nself.data = []"},
    ),
    "socket kept under a private name that others know": (
        "CONSTRUCTION",
        {
            "init": 'self.__sock = sock\nself.set_terminator(b"\\n")',
            "imports": "def shut(session):\n    session._Session__sock.shutdown(2)\n",
        },
    ),
    "socket read": ("SOCKET", {"found": "self.data = []\nself.socket.recv(1)"}),
    "connected set": ("INTERNALS", {"found": "self.data = []\nself.connected = False"}),
    "push replaced": ("OVERRIDE", {"init": 'self.push = print\nself.set_terminator(b"\\n")'}),
    "handlers replaced": (
        "OVERRIDE",
        {
            "found": "self.data = []\nself.collect_incoming_data = self.found_terminator = self.other",
            "methods": "def other(self, *data):\n    pass\n",
        },
    ),
    "get_terminator replaced": ("OVERRIDE", {"found": "self.data = []\nself.get_terminator = len"}),
    "push replaced by name": ("INTERNALS", {"found": "self.data = []\nsetattr(self, 'push', print)"}),
    "attributes by names that come": (
        "INTERNALS",
        {"found": "name = b''.join(self.data).decode()\nself.data = []\nsetattr(self, name, None)"},
    ),
    "push of text": ("TEXT-MODE", {"found": 'self.data = []\nself.push("text")'}),
    "encoding": ("TEXT-MODE", {"methods": "use_encoding = bool(sys.argv)\n"}),
    "encoding of its own": ("INTERNALS", {"methods": "def more(self):\n    self.use_encoding = 1\n"}),
    "own set_terminator": ("OVERRIDE", {"methods": "def set_terminator(self, term):\n    pass\n"}),
    "coroutine": ("OVERRIDE", {"methods": "async def close(self):\n    pass\n"}),
    "hook that does not close": ("HANDLE-CLOSE", {"methods": "def handle_close(self):\n    print('bye')\n"}),
    "hook that raises another": ("HANDLE-ERROR", {"methods": "def handle_error(self):\n    raise ValueError\n"}),
    "hook that goes on": ("HANDLE-ERROR", {"methods": "def handle_error(self):\n    print('oops')\n"}),
    "close that may not close": (
        "CLOSE-OVERRIDE",
        {"methods": "def close(self):\n    if self.data:\n        asynchat.async_chat.close(self)\n"},
    ),
    "predicate": ("PREDICATE", {"methods": "def writable(self):\n    return len(self.data) > 3\n"}),
    "event": ("OVERRIDE", {"methods": "def handle_read_event(self):\n    print('event')\n"}),
    "thread of a session": (
        "THREADS",
        {
            "imports": "import threading",
            "init": "threading.Thread(target=self.work).start()",
            "methods": "def work(self):\n    self.addr = None\n",
        },
    ),
    "thread with a session": (
        "THREADS",
        {"imports": "import threading", "init": "threading.Thread(target=print, args=(self,)).start()"},
    ),
    "thread that may lead to a session": (
        "THREADS",
        {
            "imports": "import threading\n\ndef work():\n    for session in known:\n        session.close()\n",
            "init": "threading.Thread(target=work).start()",
        },
    ),
    "thread of a class": (
        "THREADS",
        {
            "imports": "import threading\n\n"
            "class T(threading.Thread):\n    def run(self):\n        self.peer.close()\n"
        },
    ),
    "thread that sees what a session sees": (
        "THREADS",
        {
            "imports": "import threading\n\nseen = []\n\n"
            "class T(threading.Thread):\n    def run(self):\n        seen[0](1)\n",
            "init": "print(seen)\nself.set_terminator(b'!')",
        },
    ),
    "thread and handler with the same function": (
        "THREADS",
        {
            "imports": "import threading\n\ndef tell(session):\n    session.push(b'')\n",
            "found": "tell(self)\nself.data = []\nthreading.Thread(target=tell, args=(self,)).start()",
        },
    ),
    "thread that writes to what may be a session or a file": (
        "THREADS",
        {
            "imports": "import threading\n\ndef tell(what):\n    what.write(b'')\n",
            "methods": "def write(self, data):\n    self.push(data)\n",
            "main": "server = Server(1)\nthreading.Thread(target=tell, args=(sys.stdout,)).start()\n"
            "asyncore.loop()",
        },
    ),
    "thread that is told to start by its own method": (
        "THREADS",
        {
            "imports": "import threading\n\n"
            "class T(threading.Thread):\n    def run(self):\n        self.join()\n        seen[0](1)\n",
            "methods": "def join(self):\n    self.push(b'')\n",
        },
    ),
    "thread that calls what it was given": (
        "THREADS",
        {
            "imports": "import threading\n\ndef work(then):\n    then()\n",
            "init": "threading.Thread(target=work, args=(print,)).start()",
        },
    ),
    "thread of what a function was given": (
        "THREADS",
        {
            "imports": "import threading\n\ndef start(work, *args):\n"
            "    threading.Thread(target=work, args=args).start()\n",
            "found": "start(self.answer, b''.join(self.data))\nself.data = []",
            "methods": "def answer(self, line):\n    self.push(line)\n",
        },
    ),
    "thread by a decorator": (
        "THREADS",
        {
            "imports": "import threading\n\ndef apart(f):\n"
            "    return lambda *args: threading.Thread(target=f, args=args).start()\n",
            "found": "self.answer(b''.join(self.data))\nself.data = []",
            "methods": "@apart\ndef answer(self, line):\n    self.push(line)\n",
        },
    ),
    "thread of what a table holds": (
        "THREADS",
        {
            "imports": "import threading\n\ndef work(session):\n    session.push(b'')\n\nWORK = {1: work}\n",
            "main": "threading.Thread(target=WORK[1]).start()\nServer(1)\nasyncore.loop()",
        },
    ),
    "thread that maps what it was given": (
        "THREADS",
        {
            "imports": "import threading\n\ndef work(tell):\n    list(map(tell, [b'']))\n",
            "found": "tell = self.push\nthreading.Thread(target=work, args=(tell,)).start()\nself.data = []",
        },
    ),
    "thread of a class below another": (
        "THREADS",
        {
            "imports": "import threading\n\nclass T(threading.Thread):\n    pass\n\n"
            "class U(T):\n    def run(self):\n        self.peer.push(b'')\n"
        },
    ),
    "thread that a session waits for": (
        "THREADS",
        {
            "imports": "import threading\n\ndef work(session):\n    session.push(b'')\n",
            "found": "t = threading.Thread(target=work, args=(self,))\nt.start()\nt.join()\nself.data = []",
        },
    ),
    "thread that hears of errors": (
        "THREADS",
        {
            "imports": "import threading\n\ndef work(session):\n"
            "    try:\n        session.push(b'')\n    except ValueError:\n        print('gone')\n",
            "found": "threading.Thread(target=work, args=(self,)).start()\nself.data = []",
        },
    ),
    "thread that uses its buffer again": (
        "THREADS",
        {
            "imports": "import threading\n\ndef work(session):\n"
            "    out = bytearray(b'one')\n    session.push(out)\n    out[:] = b'two'\n    session.push(out)\n",
            "found": "threading.Thread(target=work, args=(self,)).start()\nself.data = []",
        },
    ),
    "thread that speaks after a session": (
        "THREADS",
        {
            "imports": "import threading\n\ndef work(session):\n    session.tell()\n    print('told')\n",
            "found": "threading.Thread(target=work, args=(self,)).start()\nself.data = []",
            "methods": "def tell(self):\n    print('telling')\n    self.push(b'')\n",
        },
    ),
    "thread that runs at once": (
        "THREADS",
        {
            "imports": "import threading\n\nclass T(threading.Thread):\n"
            "    def run(self):\n        self.peer.push(b'')\n",
            "found": "T().run()\nself.data = []",
        },
    ),
    "threading as a whole": ("THREADS", {"imports": "import threading", "init": "self.module = threading"}),
    "thread pool": (
        "THREADS",
        {
            "imports": "from concurrent.futures import ThreadPoolExecutor\n\npool = ThreadPoolExecutor()\n",
            "found": "pool.submit(self.push, b''.join(self.data))\nself.data = []",
        },
    ),
    "process pool": ("THREADS", {"imports": "import multiprocessing"}),
    "fork": ("THREADS", {"imports": "import os", "main": "Server(1)\nos.fork()\nasyncore.loop()"}),
    "signal for a session": (
        "THREADS",
        {
            "imports": "import signal",
            "init": "signal.signal(signal.SIGHUP, lambda *_: self.push(b'!'))\nself.set_terminator(b'!')",
        },
    ),
    "signal that a loop waits for": (
        "THREADS",
        {
            "imports": "import signal\n\non = True\n\ndef stop():\n    global on\n    on = False\n\n"
            "def end(*_):\n    stop()\n",
            "main": "signal.signal(signal.SIGHUP, end)\nServer(1)\nwhile on:\n    asyncore.loop(1, count=1)",
        },
    ),
    "signal that leaves in a roundabout way": (
        "THREADS",
        {
            "imports": "import signal\n\ndef leave():\n    raise SystemExit\n\ndef end(*_):\n    leave()\n",
            "main": "signal.signal(signal.SIGHUP, end)\nServer(1)\nasyncore.loop()",
        },
    ),
    "signal whose method may be another": (
        "THREADS",
        {
            "imports": "import signal",
            "server_methods": "def end(self, *_):\n    raise SystemExit\n\ndef arm(self):\n    self.end = print\n",
            "main": "server = Server(1)\nserver.arm()\nsignal.signal(signal.SIGTERM, server.end)\nasyncore.loop()",
        },
    ),
    "signal whose object is not known": (
        "THREADS",
        {
            "imports": "import signal\nfrom elsewhere import server\n",
            "server_methods": "def end(self, *_):\n    raise SystemExit\n",
            "main": "signal.signal(signal.SIGTERM, server.end)\nServer(1)\nasyncore.loop()",
        },
    ),
    "signal whose method does not end in a subclass": (
        "THREADS",
        {
            "imports": "import signal",
            "server_methods": "def arm(self):\n    signal.signal(signal.SIGTERM, self.end)\n\n"
            "def end(self, *_):\n    raise SystemExit\n",
            "main": "class Deaf(Server):\n    def end(self, *_):\n        self.close()\n\n"
            "Deaf(1).arm()\nasyncore.loop()",
        },
    ),
    "a listener that serves again": (
        "LOOP",
        {"server_methods": AGAIN, "main": "server = Server(1)\nwhile server.serve():\n    print('again')"},
    ),
    "an application that serves again": (
        "LOOP",
        {
            "main": f"class App:\n    def __init__(self):\n        self.server = Server(1)\n\n"
            f"{textwrap.indent(AGAIN, '    ')}\napp = App()\nwhile app.serve():\n    print('again')"
        },
    ),
    "signal that raises an error of the program's own": (
        "THREADS",
        {
            "imports": "import signal\n\nclass Stop(Exception):\n    pass\n\ndef end(*_):\n    raise Stop\n",
            "main": "signal.signal(signal.SIGTERM, end)\nServer(1)\nasyncore.loop()",
        },
    ),
    "signal that goes on": (
        "THREADS",
        {"imports": "import signal", "main": "signal.signal(signal.SIGHUP, print)\nServer(1)\nasyncore.loop()"},
    ),
    "loop passed on": ("ASYNCORE-USE", {"main": "Server(1)\nlist(map(asyncore.loop, [1]))\nasyncore.loop()"}),
    "loop in a coroutine": ("LOOP", {"main": "async def main():\n    Server(1)\n    asyncore.loop()"}),
    "loop counted": ("LOOP", {"main": "Server(1)\nasyncore.loop(1, False, None, 3)"}),
    "loop with a map": ("MAP", {"main": "Server(1)\nasyncore.loop(map=dict())"}),
    "pass in a function for two loops": (
        "LOOP",
        {
            "main": "def step():\n    asyncore.poll(0.1)\n\nServer(1)\nfor i in range(3):\n    step()\n"
            "while True:\n    step()\n"
        },
    ),
    "pass in the middle of a function": (
        "LOOP",
        {
            "main": "def step():\n    print('now')\n    asyncore.poll(0.1)\n    print('then')\n\n"
            "Server(1)\nwhile True:\n    step()\n"
        },
    ),
    "server made elsewhere": (
        "LOOP",
        {"main": "def make():\n    return Server(1)\n\ndef main():\n    make()\n    make()\n    asyncore.loop()"},
    ),
    "server perhaps": ("LOOP", {"main": "if sys.argv[1:]:\n    Server(1)\nasyncore.loop()"}),
    "server or not": ("LOOP", {"main": "try:\n    s = Server(1)\nexcept OSError:\n    pass\nasyncore.loop()"}),
    "mixin with a constructor": (
        "BASES",
        {
            "imports": "class Words:\n    def __init__(self, sock):\n        pass\n",
            "bases": "Words, asynchat.async_chat",
            "init": 'super().__init__(sock)\nself.set_terminator(b"\\n")',
        },
    ),
    "mixin that others use": (
        "BASES",
        {
            "imports": "class Words:\n    def say(self):\n        self.push(b'')\n\n"
            "class Book(Words):\n    push = print\n",
            "bases": "Words, asynchat.async_chat",
        },
    ),
    "base class from elsewhere": ("BASES", {"bases": "asynchat.async_chat, dict"}),
    "server made by a function, perhaps, beside tasks": (
        "LOOP",
        {
            "main": "tasks = []\n\ndef make():\n    if sys.argv:\n        return Server(1)\n\n"
            "make()\nasyncore.loop()"
        },
    ),
    "server in an expression": ("LOOP", {"main": "print(sys.argv and Server(1))\nasyncore.loop()"}),
    "server behind a call": ("LOOP", {"main": "print(input(), Server(1))\nasyncore.loop()"}),
    "servers at once, again and again": (
        "LOOP",
        {"main": "for n in (1, 3):\n    print(Server(n), Server(n + 1))\nasyncore.loop()"},
    ),
    "server after the loop": ("LOOP", {"main": "Server(1)\nasyncore.loop()\nServer(2)"}),
    "session made elsewhere": ("CONSTRUCTION", {"main": "Server(1)\nSession(None, None)\nasyncore.loop()"}),
    "session class passed on": ("CONSTRUCTION", {"main": "Server(1)\nprint(Session)\nasyncore.loop()"}),
    "prints itself": ("INTERNALS", {"found": "self.data = []\nprint(self)"}),
    "formats itself": ("INTERNALS", {"found": "self.data = []\nx = '%s said' % self"}),
    "formats itself among others": ("INTERNALS", {"found": "self.data = []\nx = '%s%r' % (1, self)"}),
    "formats itself by method": ("INTERNALS", {"found": "self.data = []\nx = '{}'.format(self)"}),
    "formats itself in an f-string": ("INTERNALS", {"found": "self.data = []\nx = f'{self} said'"}),
    "logs itself": ("INTERNALS", {"found": "self.data = []\nimport logging\nlogging.info('%s', self)"}),
    "slots": ("INTERNALS", {"methods": "__slots__ = ('data',)\n"}),
    "attributes as a dictionary": ("INTERNALS", {"found": "self.data = []\nprint(sorted(self.__dict__))"}),
    "its members": ("INTERNALS", {"found": "import inspect\nself.data = []\nprint(inspect.getmembers(self))"}),
    "the bases of its class": ("INTERNALS", {"found": "self.data = []\nprint(type(self).__mro__)"}),
    "its base": ("INTERNALS", {"main": "print(Session.__base__)\nServer(1)\nasyncore.loop()"}),
    "what asynchat had": ("INTERNALS", {"found": "self.data = []\nprint(hasattr(self, 'set_terminator'))"}),
    "classes like it": (
        "ASYNCORE-USE",
        {"found": "self.data = []\nprint(asynchat.async_chat.__subclasses__())"},
    ),
    "attributes by vars": ("INTERNALS", {"found": "self.data = []\nprint(len(vars(self)))"}),
    "asyncio is something else": ("INTERNALS", {"imports": "asyncio = None"}),
    "a helper's name is taken": ("INTERNALS", {"imports": "def read_until(text):\n    return text\n"}),
    "poll": ("ASYNCORE-USE", {"main": "Server(1)\nasyncore.poll()\nasyncore.loop()"}),
    "accepts more in a try": (
        "LISTENER",
        {
            "server_methods": "def handle_accept(self):\n    try:\n        pair = self.accept()\n"
            "        if pair is None:\n            return\n        sock, addr = pair\n"
            "    except OSError:\n        return\n    Session(sock, addr)\n"
        },
    ),
    "server hook": (
        "HANDLE-ERROR",
        {
            "server_methods": "def handle_accept(self):\n    sock, addr = self.accept()\n"
            "    if int(addr[1]):\n        Session(sock, addr)\n        print('served')\n        return\n"
            "def handle_error(self):\n    raise\n"
        },
    ),
    "server predicate": ("PREDICATE", {"server_methods": "def readable(self):\n    return self.open\n"}),
    "what others may have of it": (
        "EXTERNAL-USE",
        {
            "imports": "kept = []\n\ndef f(one):\n    one.handle_error(one)\n",
            "init": 'self.set_terminator(b"\\r\\n")\nkept.append(self)',
        },
    ),
    "imported instead": (
        "ASYNCORE-USE",
        {"imports": "try:\n    from patched import asyncore\nexcept ImportError:\n    import asyncore\n"},
    ),
    "asked whether it is there": (
        "ASYNCORE-USE",
        {
            "imports": "try:\n    import asyncore\nexcept ImportError:\n    asyncore = None\n",
            "main": "Server(1)\nif asyncore is not None:\n    asyncore.loop()",
        },
    ),
    "decorated": ("BASES", {"main": "@print\nclass Special(Session):\n    pass\n\nServer(1)\nasyncore.loop()"}),
}

TICKS = """
class Ticks:
    def __init__(self, owner=None):
        self.on = True

    def more(self):
        {more}

    def stop(self):
        self.on = False

"""
ENDS = TICKS.format(more='return b"tick" if self.on else b""')
SENDS = "self.data = []\nself.push_with_producer({ticks})"


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"imports": ENDS, "found": SENDS.format(ticks="Ticks()")}, ""),
        (
            {
                "imports": TICKS.format(more='while self.on:\n            return b"x"'),
                "found": SENDS.format(ticks="Ticks()"),
            },
            "",
        ),
        (
            {"imports": TICKS.format(more='return b"tick"'), "found": SENDS.format(ticks="Ticks()")},
            "",  # a task sends them
        ),
        (
            {
                "imports": ENDS,
                "init": "self.ticks = Ticks()\nself.set_terminator(b'!')",
                "found": "self.ticks.stop()\n" + SENDS.format(ticks="self.ticks"),
            },
            "waits for a producer whose stop others may use meanwhile",
        ),
        (
            {
                "imports": ENDS,
                "init": "self.ticks = Ticks()\nself.set_terminator(b'!')",
                "found": "self.ticks.on = not self.ticks.on\n" + SENDS.format(ticks="self.ticks"),
            },
            "waits for a producer whose on others may use meanwhile",
        ),
        (
            {"imports": ENDS, "found": SENDS.format(ticks="Ticks(self)")},
            "",
        ),
        (
            {"imports": ENDS, "found": SENDS.format(ticks="Ticks()") + "\nprint('on its way')"},
            "",
        ),
        (
            {
                "imports": ENDS,
                "found": "self.data = []\ntry:\n    self.push_with_producer(Ticks())\nexcept OSError:\n    return",
            },
            "",
        ),
        (
            {
                "imports": ENDS,
                "found": "self.data = []\nwith open('x') as file:\n    self.push_with_producer(Ticks(file))",
            },
            "waits for a producer where that is noticed",
        ),
        (
            {
                "imports": ENDS,
                "found": "line = b''.join(self.data)\nself.data = []\n"
                "command = getattr(self, 'do_' + line.decode(), None)\nif command is not None:\n    command()\n",
                "methods": "def do_tick(self):\n    self.push_with_producer(Ticks())\n\n"
                "def do_tock(self):\n    self.push(b'tock')\n",
            },
            "",
        ),
        (
            {
                "imports": ENDS,
                "found": "line = b''.join(self.data)\nself.data = []\n"
                "command = getattr(self, 'do_' + line.decode(), None)\nprint(command)\ncommand()\n",
                "methods": "def do_tick(self):\n    self.push_with_producer(Ticks())\n",
            },
            "",
        ),
        (
            {"imports": ENDS, "found": SENDS.format(ticks="Ticks()") + "\nself.push(b'%d' % Ticks.counted)"},
            "",
        ),
        (
            {
                "imports": TICKS.format(more='Ticks.counted += 1\n        return b"tick" if self.on else b""'),
                "found": SENDS.format(ticks="Ticks()") + "\nself.push(b'%d' % Ticks.counted)",
            },
            "waits for a producer where that is noticed",
        ),
        (
            {"imports": "from elsewhere import Ticks", "found": SENDS.format(ticks="Ticks()")},
            "sends a producer whose class cannot be seen",
        ),
    ],
)
def test_a_session_may_wait_for_what_nobody_else_steers(tree: Tree, parts: dict[str, str], message: str) -> None:
    findings = run([tree.write("main.py", program(**parts))]).findings
    told = [finding.message for finding in findings if finding.code == "PRODUCER"]
    assert bool(told) is bool(message)
    assert all(message in line for line in told)


@pytest.mark.parametrize(
    ("use", "waits"),
    [
        ("self.table[verb]()", True),
        ("if verb in self.table:\n    self.table[verb]()", True),
        ("method = self.table.get(verb)\nif method:\n    method()", True),
        ("self.table.get(verb, self.what)()", True),
        ("getattr(self, 'do_' + verb, self.what)()", True),
        ("self.table.get(verb, print)()", False),
        ("print(self.table)\nself.table[verb]()", False),
        ("self.table[verb] = print\nself.table[verb]()", False),
        ("self.table = {}\nself.table[verb]()", False),
        ("getattr(self, 'table')[verb]()", False),
        ("self.last = self.table[verb]\nself.last()", False),
        ("for method in self.table.values():\n    method()", False),
        ("self.what = print\ngetattr(self, 'do_' + verb, self.what)()", False),
    ],
)
def test_methods_that_wait_may_be_kept_in_a_dictionary(tree: Tree, use: str, waits: bool) -> None:
    parts = {
        "imports": ENDS,
        "init": "self.table = {'tick': self.do_tick}\nself.set_terminator(b'!')",
        "found": f"verb = b''.join(self.data).decode()\nself.data = []\n{use}",
        "methods": "def do_tick(self):\n    self.push_with_producer(Ticks())\n\n"
        "def what(self):\n    self.push(b'what?')\n",
    }
    if "'do_'" in use:
        parts["init"] = "self.set_terminator(b'!')"
    assert codes(tree, parts) == {"STREAMS"}
    text = "".join(finding.message for finding in run([tree.root]).findings)
    assert ("BACKPRESSURE" in text) is waits  # else a task sends them, while the session reads on


def codes(tree: Tree, parts: dict[str, str]) -> set[str]:
    tree.write("main.py", program(**parts))
    outcome = run([tree.root])
    assert not outcome.errors, outcome.errors
    mistakes = {code.value for code in MISTAKES}  # some of the cases make one on purpose
    return {finding.code.value for finding in outcome.findings} - {"IMPORT", "PROGRAM"} - mistakes


@pytest.mark.parametrize("parts", CONVERTS.values(), ids=CONVERTS.keys())
def test_converts(tree: Tree, parts: dict[str, str]) -> None:
    assert codes(tree, parts) == {"STREAMS"}


@pytest.mark.parametrize(("code", "parts"), STAYS.values(), ids=STAYS.keys())
def test_stays(tree: Tree, code: str, parts: dict[str, str]) -> None:
    found = codes(tree, parts)
    assert code in found
    assert "STREAMS" not in found


@pytest.mark.parametrize(
    ("piece", "frame"),
    [
        ("data.decode('utf-8')", '.decode("utf-8")'),
        ("data.decode(errors='replace')", '.decode(errors="replace")'),
        ("str(data, 'ascii')", '.decode("ascii")'),
        ("str(data, encoding='utf-8')", '.decode(encoding="utf-8")'),
        ("str(data, 'utf-8', errors='ignore')", '.decode("utf-8", errors="ignore")'),
    ],
)
def test_how_text_is_decoded_is_kept(tree: Tree, piece: str, frame: str) -> None:
    found = "line = ''.join(self.data)\nself.data = []\nself.push(line.encode())"
    path = tree.write("a.py", program(collect=f"self.data.append({piece})", found=found))
    (file,) = run([path]).changed
    assert f"line = data{frame}" in file.new.decode()


@pytest.mark.parametrize(
    "piece", ["str(data)", "data.decode(self.encoding)", "str(data, *ways)", "data.decode(**ways)"]
)
def test_unclear_decoding_is_not_moved(tree: Tree, piece: str) -> None:
    path = tree.write(
        "a.py", program(collect=f"self.data.append({piece})", found="x = ''.join(self.data)\nself.data = []")
    )
    outcome = run([path])
    if "self.encoding" in piece:
        assert any(finding.code == "INTERNALS" for finding in outcome.findings)
    else:
        assert f"self.data.append({piece})" in outcome.changed[0].new.decode()


@pytest.mark.parametrize(
    ("main", "message"),
    [
        ("print", "nothing in the project runs asyncore.loop()"),
        ("start = asyncore.loop", "the program passes asyncore.loop() on, to a thread perhaps"),
        ("for _ in range(9):\n    asyncore.poll(1.0)", "the program runs single passes with asyncore.poll()"),
    ],
)
def test_a_loop_that_is_not_called_is_told_from_none(tree: Tree, main: str, message: str) -> None:
    path = tree.write("a.py", program(main=f"Server(1)\n{main}"))
    assert [f.message for f in run([path]).findings if f.code in ("LOOP", "NO-LOOP")] == [message]


def test_a_reason_is_given_once(tree: Tree) -> None:
    serves = "def serve(self):\n    while True:\n        asyncore.loop()\n        print('again')\n"
    main = "server = Server(1)\nwhile True:\n    server.serve()"
    path = tree.write("a.py", program(server_methods=serves, main=main))
    reasons = [finding.message for finding in run([path]).findings if finding.code == Code.LOOP]
    assert reasons == ["the program runs the loop again and again"]


def test_a_reason_names_the_subclass_that_it_is_about(tree: Tree) -> None:
    local = "def test():\n    class Local(Session):\n        pass\n\nServer(1)\nasyncore.loop()"
    path = tree.write("a.py", program(main=local))
    (message,) = [f.message for f in run([path]).findings if f.code == "HIERARCHY"]
    assert message == "has a subclass, Local, which is defined inside a function"


def test_the_collector_that_asynchat_has_can_be_taken_for_its_own(tree: Tree) -> None:
    source = program(found="self.push(self._get_data())")
    collector = "def collect_incoming_data(self, data):\n        self.data.append(data)\n"
    assert collector in source
    taken = source.replace(collector, "collect_incoming_data = asynchat.async_chat._collect_incoming_data\n")
    (file,) = run([tree.write("a.py", taken)]).changed
    new = file.new.decode()
    assert "self.push(data)" in new or "self.writer.write(data)" in new
    assert "collect_incoming_data" not in new
    assert "asynchat." not in new


def test_an_own_log_is_called_as_before(tree: Tree) -> None:
    parts = {
        "found": 'self.data = []\nself.log("line")',
        "methods": "def log(self, message):\n    print(message)\n",
    }
    (file,) = run([tree.write("a.py", program(**parts))]).changed
    new = file.new.decode()
    assert 'self.log("line")' in new
    assert "def log(self, message):\n        print(message)\n" in new


def test_log_of_a_subclass_only_is_in_the_way(tree: Tree) -> None:
    subclass = "class Special(Session):\n    def log(self, message):\n        print(message)\n\n"
    path = tree.write("a.py", program(main=f"{subclass}Server(1)\nasyncore.loop()"))
    assert [f.code for f in run([path]).findings if f.subject == "Special"] == ["LOG-OVERRIDE"]


def test_what_calls_the_base_class_log_is_in_the_way(tree: Tree) -> None:
    method = "def log(self, message):\n    return asynchat.async_chat.log(self, message)\n"
    path = tree.write("a.py", program(methods=method))
    assert [f.code for f in run([path]).findings if f.subject == "Session"] == ["INTERNALS"]


@pytest.mark.parametrize(
    "parts",
    [
        {"init": 'self.reader = self.writer = "mine"\nself.set_terminator(b"\\n")'},
        {"methods": 'reader = writer = "mine"\n'},
        {"methods": "def writer(self):\n    pass\n\ndef run(self):\n    pass\n"},
    ],
)
def test_the_authors_names_stay_his(tree: Tree, parts: dict[str, str]) -> None:
    tree.write("main.py", program(**parts))
    (file,) = run([tree.root]).changed
    new = file.new.decode()
    assert "self.stream_writer.close()" in new
    assert "self.writer." not in new


def test_a_helper_of_an_earlier_run_is_used_again(tree: Tree) -> None:
    tree.write("main.py", program(imports=f"import asyncio\n\n\n{READ_UNTIL}"))
    (file,) = run([tree.root]).changed
    assert file.new.decode().count("def read_until") == 1


def test_a_command_chosen_by_its_name_connects_again_only_if_it_may(tree: Tree) -> None:
    client = """\
        import asynchat, asyncore


        class Bot(asynchat.async_chat):
            def __init__(self):
                asynchat.async_chat.__init__(self)
                self.data = []
                self.set_terminator(b"\\r\\n")

            def start(self, address):
                self.create_socket()
                self.connect(address)

            def collect_incoming_data(self, data):
                self.data.append(data)

            def found_terminator(self):
                line = b"".join(self.data).decode()
                self.data = []
                CALL

            def do_hello(self):
                self.push(b"hello")


        bot = Bot()
        bot.start(("127.0.0.1", 7000))
        asyncore.loop()
        """
    known = tree.write("known.py", textwrap.dedent(client).replace("CALL", 'getattr(self, "do_" + line, print)()'))
    chosen = 'if line in open("commands").read().split(): getattr(self, line)()'
    unknown = tree.write("unknown.py", textwrap.dedent(client).replace("CALL", chosen))
    assert "RECONNECT" not in [d.value for f in run([known]).findings for d in f.differences]
    assert "RECONNECT" in [d.value for f in run([unknown]).findings for d in f.differences]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ('name = "do_" + line', True),
        ('name = "do_{}".format(line)', True),
        ('name = f"do_{line}"', True),
        ('name = "do_%s" % line', True),
        ('name = line + "_now"', True),
        ("name = line", False),
        ('name = "{}".format(line)', False),
        ('name = "do_" + line; name = name[3:]', False),
        ('name = "do_" + line; name += line', False),
        ('for name in ("do_" + line, line): pass', False),
    ],
)
def test_a_method_is_chosen_by_a_name_of_which_something_is_known(tree: Tree, name: str, known: bool) -> None:
    line = 'line = b"".join(self.data).decode(); self.data = []'
    tree.write("main.py", program(found=f"{line}\n{name}\nif hasattr(self, name): getattr(self, name)()"))
    codes = {code for verdict in run([tree.root]).classes for code, _ in verdict.reasons}
    assert codes == (set() if known else {Code.INTERNALS, Code.PROGRAM})


@pytest.mark.parametrize(
    ("imports", "given", "why"),
    [
        ("from sessions import Session", "Session(sock)", "to Session(), which comes from sessions, not one of"),
        ("import sessions", "sessions.Session(sock)", "to sessions.Session(), which comes from sessions, not one"),
        (
            "waiting = [None]",
            "waiting.append(sock)",
            "puts the new connection's socket into waiting, not a session",
        ),
        ("def Session(sock): pass", "Session(sock)", "to Session(), which is not a session that is known"),
    ],
)
def test_what_the_socket_is_given_to(tree: Tree, imports: str, given: str, why: str) -> None:
    source = program().replace("import asynchat\n", f"{imports}\n")
    source = re.sub(r"class Session.*?(?=class Server)", "", source, flags=re.DOTALL)
    tree.write("main.py", source.replace("Session(sock, addr)", given))
    messages = [finding.message for finding in run([tree.root]).findings]
    assert any(why in message for message in messages), messages


@pytest.mark.parametrize(
    ("accepting", "is_known"),
    [
        ("kind = Session if addr else Loud\nkind(sock, addr)", True),
        ("if addr:\n    kind = Session\nelse:\n    kind = Loud\nkind(sock, addr)", True),
        ("(Session if addr else Loud)(sock, addr)", True),
        ("kind = Session if addr else print\nkind(sock, addr)", False),
        ("kind = Session if addr else Loud\nself.last = kind\nkind(sock, addr)", False),
        ("for kind in (Session, Loud):\n    pass\nkind(sock, addr)", False),
    ],
)
def test_which_class_a_listener_chooses(tree: Tree, accepting: str, is_known: bool) -> None:
    body = textwrap.indent(accepting, "    ")
    source = program(server_methods=f"def handle_accepted(self, sock, addr):\n{body}\n")
    tree.write("main.py", source.replace("class Server", "class Loud(Session):\n    pass\n\n\nclass Server"))
    codes = {finding.code.value for finding in run([tree.root]).findings}
    assert ("LISTENER" in codes) is not is_known


@pytest.mark.parametrize(("count", "says"), [("", "can become"), ("count=7", "could become")])
def test_an_option_is_not_promised_to_help_beside_other_reasons(tree: Tree, count: str, says: str) -> None:
    methods = "def handle_error(self):\n    print('what?')\n"
    tree.write("main.py", program(methods=methods, main=f"Server(1)\nasyncore.loop({count})"))
    messages = [one.message for one in run([tree.root]).findings if one.code is Code.HANDLE_ERROR]
    assert [message.startswith(f"{says} asyncio streams code, with --unsafe") for message in messages] == [True]
