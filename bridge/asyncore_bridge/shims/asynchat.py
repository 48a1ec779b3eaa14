"""Found as ``import asynchat`` by programs whose sys.path got this folder from asyncore_bridge.install()."""

import sys

from asyncore_bridge import asynchat

sys.modules[__name__] = asynchat
