"""Run Python's arguments with the bridge's modules in place of the stdlib's: ``child.py COPIES ARGUMENT ...``.

COPIES is a JSON object: names of a project's own copies of the modules, which are given the bridge's as well.
"""

import importlib
import json
import sys

import asyncore_bridge
from asyncore_bridge.__main__ import main

asyncore_bridge.install()
for copy, original in json.loads(sys.argv[1]).items():
    sys.modules[copy] = importlib.import_module(original)
main(sys.argv[2:])
