"""Run one of CPython's own test modules against the bridge; print what came out as JSON.

Started by test_cpython_suites.py in the interpreter under test: ``cpython_child.py FILE``.
"""

import importlib.util
import json
import sys
import unittest
from pathlib import Path

import asyncore_bridge
from asyncore_bridge import asyncore as ours

path = Path(sys.argv[1])
asyncore_bridge.install()
spec = importlib.util.spec_from_file_location("test." + path.stem, path)
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)

result = unittest.TextTestRunner(stream=sys.stderr, verbosity=0).run(
    unittest.defaultTestLoader.loadTestsFromModule(module)
)
report = {
    "run": result.testsRun,
    "bad": {test.id(): text for test, text in result.failures + result.errors},
    "skipped": {test.id(): reason for test, reason in result.skipped},
    "ours": sys.modules["asyncore"] is ours,
}
sys.stdout.write(json.dumps(report))
