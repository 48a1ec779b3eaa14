"""Found as ``import asyncore`` by programs whose sys.path got this folder from asyncore_bridge.install()."""

import sys

from asyncore_bridge import asyncore

sys.modules[__name__] = asyncore
