"""Where generated code stands: set off by blank lines, also where its author was sparing with them."""

from __future__ import annotations

import collections
import re
from typing import TYPE_CHECKING

from case_files import fix

from asyncore_codemods.options import Options
from programs import program

if TYPE_CHECKING:
    from conftest import Tree


def dense(text: str) -> str:
    return re.sub(r"\n\n+", "\n", text)


def test_a_dense_program_keeps_its_own_spacing(tree: Tree) -> None:
    path = tree.write("main.py", dense(program()) + "\n")
    fix(tree.root)
    text = path.read_text()
    assert "asyncore" not in text
    for generated in ("    async def run(self):", "    async def serve_forever(self):"):
        assert text.count(f"\n\n{generated}\n") == 1
    after_run = text[text.index("async def run") :]
    assert re.search(r"\n\n    def found_terminator", after_run)
    assert "\n\n\nasync def read_until" in text
    assert re.search(r"removesuffix\(terminator\)\)\n\n\n\S", text)


def test_asyncio_comes_before_what_comes_from_the_bridge(tree: Tree) -> None:
    path = tree.write("main.py", program(methods="def readable(self):\n    return len(self.data) < 3\n"))
    fix(tree.root, Options(level="loop"))
    imports = [line for line in path.read_text().splitlines() if "import" in line]
    assert imports[0] == "import asyncio"


def test_what_goes_may_stand_in_parentheses_of_its_own(tree: Tree) -> None:
    """As 2to3 writes it: `print((self.recv(100)))`."""
    path = tree.write(
        "main.py",
        """\
        import asyncore


        class Client(asyncore.dispatcher):
            def __init__(self, port):
                asyncore.dispatcher.__init__(self)
                self.create_socket()
                self.connect(("127.0.0.1", port))

            def handle_read(self):
                print((self.recv(100)))


        Client(7000)
        asyncore.loop()
        """,
    )
    fix(tree.root)
    assert "print((data))" in path.read_text()


def test_blank_lines_with_spaces_in_them_are_not_imitated(tree: Tree) -> None:
    """Whitespace at the end of a line is the author's, whose lines stay as they are."""
    lines = [
        *("import asyncore", "import smtpd", "", "class Sink(smtpd.SMTPServer):", "    "),
        *("    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):", "        print(data)", ""),
        *('Sink(("127.0.0.1", 1025), None)', "asyncore.loop()"),
    ]
    path = tree.root / "main.py"
    path.write_text("\n".join(lines))
    fix(tree.root, Options(unsafe=True))
    added = collections.Counter(path.read_text().splitlines()) - collections.Counter(lines)
    assert "    async def handle_DATA(self, server, session, envelope):" in added
    assert not [line for line in added if line != line.rstrip()]


def test_helpers_stand_below_the_constants_of_a_file_without_classes(tree: Tree) -> None:
    tree.write("servers.py", program(main=""))
    path = tree.write(
        "main.py",
        """\
        import asyncore

        import servers

        PORTS = {
            "one": 7001,
            "two": 7002,
        }


        def main():
            servers.Server(PORTS["one"])
            servers.Server(PORTS["two"])
            asyncore.loop()


        main()
        """,
    )
    fix(tree.root)
    lines = path.read_text().splitlines()
    assert lines.index("PORTS = {") < lines.index("async def run_all(*coroutines):") < lines.index("def main():")
