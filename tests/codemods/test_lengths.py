"""Computed lengths: whether they are numbers for certain, and whether they can be negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asyncore_codemods.pipeline import Options, run
from programs import program

if TYPE_CHECKING:
    from conftest import Tree

COUNTED, FRAME = (
    "await read_counted(self.reader, self.terminator)",
    "await read_frame(self.reader, self.terminator)",
)
FOUND = "data = b''.join(self.data)\nself.data = []\n{}\nself.set_terminator(size)\nself.push(data)"
LENGTHS = {  # how the length is read, what reads as many bytes, and whether that refuses negative lengths at once
    "one number": ('size, = struct.unpack("!H", data)', COUNTED, False),
    "a signed number": ('size, = struct.unpack("!h", data)', COUNTED, True),
    "by its place": ('size = struct.unpack("!hH", data)[1]', COUNTED, False),
    "signed, by its place": ('size = struct.unpack("!Hh", data)[1]', COUNTED, True),
    "behind bytes": ('magic, size = struct.unpack("!4sH", data)', COUNTED, False),
    "behind padding": ('kind, size = struct.unpack("!b2xH", data)', COUNTED, False),
    "among many": ('a, b, c, size = struct.unpack("!3hH", data)', COUNTED, False),
    "bytes": ('size, kind = struct.unpack("!4sH", data)', FRAME, True),
    "of an unknown format": ("size, = struct.unpack(FORMAT(), data)", COUNTED, True),
    "of a known structure": ("kind, size = HEADER.unpack(data)", COUNTED, False),
    "with others behind": ('kind, *rest, size = struct.unpack("!H4sH", data)', FRAME, True),
    "with numbers behind": ('kind, *rest, size = struct.unpack("!HHH", data)', COUNTED, True),
    "as text": ("size = int(data, 16)", COUNTED, True),
    "the smaller one": ("size = min(int(data), 9)", COUNTED, True),
    "the greater one of bytes": ("size = max(data, b'9')", FRAME, True),
}


@pytest.mark.parametrize(("read", "reads", "checked"), LENGTHS.values(), ids=LENGTHS.keys())
def test_what_is_known_of_a_length(tree: Tree, read: str, reads: str, checked: bool) -> None:
    imports = 'import struct\n\nHEADER = struct.Struct("!hH")\nFORMAT = sys.argv[2].strip\n'
    path = tree.write("main.py", program(imports=imports, init="self.set_terminator(2)", found=FOUND.format(read)))
    outcome = run([path], Options())
    (file,) = outcome.changed
    text = file.new.decode()
    assert reads in text
    assert ("checked_terminator(size)" in text) == checked
