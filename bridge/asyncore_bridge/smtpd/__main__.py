"""``python -m asyncore_bridge -m smtpd``."""

from ._command_line import main

main()
