"""What programs do one way on Python 2 and another on Python 3: only the second is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from case_files import fix

from programs import program

if TYPE_CHECKING:
    from conftest import Tree

TERMINATOR = 'self.set_terminator(b"\\r\\n" if {} else "\\r\\n")'
ON_THREE = {
    "a constant": ("PY3 = sys.version_info >= (3,)", "PY3"),
    "spelt out": ("PY3 = True if sys.version_info[0] == 3 else False", "PY3"),
    "as a bool": ("PY3 = bool(sys.version_info.major > 2)", "PY3"),
    "of a library": ("import six", "not six.PY2"),
    "asked on the spot": ("", "sys.version_info[0] > 2"),
}


@pytest.mark.parametrize(("imports", "test"), ON_THREE.values(), ids=ON_THREE.keys())
def test_a_terminator_for_each_python(tree: Tree, imports: str, test: str) -> None:
    path = tree.write("main.py", program(imports=imports, init=TERMINATOR.format(test)))
    fix(tree.root)
    assert 'await read_until(self.reader, b"\\r\\n")' in path.read_text()


def test_a_choice_between_delimiters_is_no_count(tree: Tree) -> None:
    path = tree.write("main.py", program(init='self.set_terminator(b"\\r\\n" if len(sys.argv) > 2 else b"\\n")'))
    fix(tree.root)
    assert "await read_until(self.reader, self.terminator)" in path.read_text()


@pytest.mark.parametrize(
    ("line", "disappears"),
    [
        ('line = b"".join(self.data) if sys.version_info >= (3,) else "".join(self.data)', True),
        ('line = str(self.data) if sys.version_info < (3,) else b"".join(self.data)', True),
        ('line = bytes(b"".join(self.data)) if sys.version_info >= (3,) else str("".join(self.data))', False),
        ('line = b"".join(self.data) if sys.version_info >= (3, 12) else b"-".join(self.data)', False),
    ],
)
def test_a_frame_for_each_python(tree: Tree, line: str, disappears: bool) -> None:
    """The buffer goes if what is left takes the frame, and nothing else looks at the buffer."""
    path = tree.write("main.py", program(found=f"{line}\nself.data = []\nself.push(line)"))
    fix(tree.root)
    text = path.read_text()
    assert ("self.data" not in text) == disappears
    assert ("def found_terminator(self, line):" in text) == disappears
