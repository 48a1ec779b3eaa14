"""Programs that hypothesis puts together from the idioms that the codemods know, and conversations with them.

`chats` has the sessions with terminators, `channels` the dispatchers by hand, datagrams and clients, `servers` the
listeners and loops around them, `talks` what clients say. Every choice is a handful of lines of source.
"""

from .channels import clients, datagram_servers, dispatcher_servers
from .chats import chat_servers
from .source import Generated
from .talks import Talk, talks

__all__ = [
    "Generated",
    "Talk",
    "chat_servers",
    "clients",
    "datagram_servers",
    "dispatcher_servers",
    "talks",
]
