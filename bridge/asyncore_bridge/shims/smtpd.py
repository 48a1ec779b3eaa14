"""Found as ``import smtpd`` by programs whose sys.path got this folder from asyncore_bridge.install()."""

import sys

from asyncore_bridge import smtpd

sys.modules[__name__] = smtpd
