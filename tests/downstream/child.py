"""Run Python's arguments with the bridge's modules in place of the stdlib's: ``child.py COPIES ARGUMENT ...``.

COPIES is a JSON object: names of a project's own copies of the modules, which are given the bridge's as well.
unittest gets back the aliases that Python 3.12 took away, too: old tests use them, and that is not what is tested.
"""

import importlib
import json
import sys
from unittest import TestCase

import asyncore_bridge
from asyncore_bridge.__main__ import main

ALIASES = {
    "assertEquals": "assertEqual",
    "assertNotEquals": "assertNotEqual",
    "assertRaisesRegexp": "assertRaisesRegex",
    "assertRegexpMatches": "assertRegex",
    "assert_": "assertTrue",
    "failIf": "assertFalse",
    "failUnless": "assertTrue",
    "failUnlessEqual": "assertEqual",
}


def contains_subset(self: TestCase, subset: dict, dictionary: dict) -> None:
    """What ``assertDictContainsSubset()`` was."""
    self.assertEqual({**dictionary, **subset}, dictionary)


for alias, name in ALIASES.items():
    if not hasattr(TestCase, alias):
        setattr(TestCase, alias, getattr(TestCase, name))
if not hasattr(TestCase, "assertDictContainsSubset"):
    TestCase.assertDictContainsSubset = contains_subset
asyncore_bridge.install()
for copy, original in json.loads(sys.argv[1]).items():
    sys.modules[copy] = importlib.import_module(original)
main(sys.argv[2:])
