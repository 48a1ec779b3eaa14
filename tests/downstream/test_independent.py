"""The independent scan is what the codemods are measured against: it has to be right by itself."""

from downstream.independent import legacy_classes, scan


def found(folder, **files):
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {c.name: (c.kind, c.file.python3, c.in_text_mode) for c in legacy_classes(scan(folder))}


def test_classes_that_are_none(tmp_path):
    assert found(tmp_path, a="import asyncio\nclass async_chat: pass\nclass B(async_chat): pass\n") == {}


def test_a_package_of_the_same_name(tmp_path):
    assert found(tmp_path, asyncore="class dispatcher: pass\n", b__c="from ..asyncore import dispatcher\n") == {}


def test_two_meanings_of_one_name(tmp_path):
    imports = "try:\n    import asyncore\nexcept ImportError:\n    from . import asyncore\n"
    assert found(tmp_path, a=imports + "class A(asyncore.dispatcher): pass\n") == {"A": ("dispatcher", True, False)}


def test_through_modules_aliases_and_stars(tmp_path):
    assert found(
        tmp_path,
        pkg__base="from asynchat import async_chat as chat\nclass Base(chat): pass\n",
        pkg__middle="from .base import *\n",
        pkg__leaf="from pkg import middle as m\nclass Leaf(m.Base):\n    def x(self): self.push('text')\n",
    ) == {"Base": ("async_chat", True, False), "Leaf": ("async_chat", True, True)}


def test_python_2(tmp_path):
    method = "    def process_message(self, *a):\n        print a\n"
    assert found(tmp_path, sink="import asyncore, smtpd\nclass Sink(smtpd.SMTPServer):\n" + method) == {
        "Sink": ("smtp server", False, False)
    }
