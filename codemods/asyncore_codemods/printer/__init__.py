"""From descriptions to code.

One printer serves all classes, so that framing, input, output and life cycle do not multiply.
"""

from asyncore_codemods.printer.datagrams import datagram_methods
from asyncore_codemods.printer.helpers import HELPERS, helper_name
from asyncore_codemods.printer.listeners import closing_lines, listener_methods, server_registry
from asyncore_codemods.printer.mail_servers import print_message, server_methods, session_class
from asyncore_codemods.printer.pipes import pipe_methods
from asyncore_codemods.printer.sessions import constructor, constructor_lines, registry_methods, session_methods
from asyncore_codemods.printer.watching import watch_methods

__all__ = [
    "HELPERS",
    "closing_lines",
    "constructor",
    "constructor_lines",
    "datagram_methods",
    "helper_name",
    "listener_methods",
    "pipe_methods",
    "print_message",
    "registry_methods",
    "server_methods",
    "server_registry",
    "session_class",
    "session_methods",
    "watch_methods",
]
