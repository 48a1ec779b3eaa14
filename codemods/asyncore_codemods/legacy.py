"""What the removed modules offered: the classes to look for, and the names their subclasses inherit.

The tables describe the standard library of Python 3.11. A name that a subclass inherits is a name whose use the
codemods must understand before they may take the base class away.
"""

from __future__ import annotations

from functools import cache

MODULES = ("asyncore", "asynchat", "smtpd")
BRIDGE = "asyncore_bridge"

DISPATCHER = "asyncore.dispatcher"
DISPATCHER_WITH_SEND = "asyncore.dispatcher_with_send"
FILE_DISPATCHER = "asyncore.file_dispatcher"
ASYNC_CHAT = "asynchat.async_chat"
SMTP_SERVER = "smtpd.SMTPServer"
SMTP_CHANNEL = "smtpd.SMTPChannel"
DEBUGGING_SERVER = "smtpd.DebuggingServer"

# Base class -> the removed class it derives from itself (None: from object).
CLASSES: dict[str, str | None] = {
    DISPATCHER: None,
    DISPATCHER_WITH_SEND: DISPATCHER,
    FILE_DISPATCHER: DISPATCHER,
    ASYNC_CHAT: DISPATCHER,
    SMTP_SERVER: DISPATCHER,
    SMTP_CHANNEL: ASYNC_CHAT,
    DEBUGGING_SERVER: SMTP_SERVER,
    "smtpd.PureProxy": SMTP_SERVER,
    "smtpd.MailmanProxy": SMTP_SERVER,
}

ACCEPTING = ("handle_accept", "handle_accepted")  # what a listener overrides to make its sessions
SIZES = ("ac_in_buffer_size", "ac_out_buffer_size")  # of an async_chat: how much it receives and sends at once

_DISPATCHER_NAMES = frozenset(
    [
        "debug",
        "connected",
        "accepting",
        "connecting",
        "closing",
        "addr",
        "ignore_log_types",
        "socket",
        "family_and_type",
        "_map",
        "_fileno",
        "add_channel",
        "del_channel",
        "create_socket",
        "set_socket",
        "set_reuse_addr",
        "readable",
        "writable",
        "listen",
        "bind",
        "connect",
        "accept",
        "send",
        "recv",
        "close",
        "log",
        "log_info",
        "handle_read_event",
        "handle_connect_event",
        "handle_write_event",
        "handle_expt_event",
        "handle_error",
        "handle_expt",
        "handle_read",
        "handle_write",
        "handle_connect",
        "handle_accept",
        "handle_accepted",
        "handle_close",
    ]
)
_CHAT_NAMES = frozenset(
    [
        "ac_in_buffer_size",
        "ac_out_buffer_size",
        "use_encoding",
        "encoding",
        "ac_in_buffer",
        "incoming",
        "producer_fifo",
        "collect_incoming_data",
        "_collect_incoming_data",
        "found_terminator",
        "_get_data",
        "set_terminator",
        "get_terminator",
        "terminator",
        "close_when_done",
        "push",
        "push_with_producer",
        "initiate_send",
        "discard_buffers",
    ]
)
_SERVER_NAMES = frozenset(
    [
        "process_message",
        "channel_class",
        "data_size_limit",
        "enable_SMTPUTF8",
        "_localaddr",
        "_remoteaddr",
        "_decode_data",
    ]
)
_MAIL_CHANNEL_NAMES = frozenset(
    [
        "smtp_server",
        "conn",
        "peer",
        "fqdn",
        "seen_greeting",
        "extended_smtp",
        "smtp_state",
        "mailfrom",
        "rcpttos",
        "mail_options",
        "rcpt_options",
        "require_SMTPUTF8",
        "enable_SMTPUTF8",
        "data_size_limit",
        "command_size_limit",
        "command_size_limits",
        "max_command_size_limit",
        "num_bytes",
        "received_data",
        "received_lines",
        "COMMAND",
        "DATA",
        *(f"_{name}" for name in ("decode_data", "emptystring", "linesep", "dotsep", "newline")),
        *(f"_{name}" for name in ("set_rset_state", "set_post_data_state", "getaddr", "getparams")),
        "_strip_command_keyword",
        *(f"smtp_{verb}" for verb in ("HELO", "EHLO", "NOOP", "QUIT", "HELP", "VRFY", "MAIL", "RCPT", "RSET")),
        *("smtp_DATA", "smtp_EXPN"),
    ]
)
# Until Python 3.2 these were private; they still answer to the old names, in classes that are called SMTPChannel.
PRIVATE_NAMES = {
    "__server": "smtp_server",
    "__conn": "conn",
    "__addr": "addr",
    "__line": "received_lines",
    "__state": "smtp_state",
    "__greeting": "seen_greeting",
    "__mailfrom": "mailfrom",
    "__rcpttos": "rcpttos",
    "__data": "received_data",
    "__fqdn": "fqdn",
    "__peer": "peer",
}

_OWN_NAMES = {
    DISPATCHER: _DISPATCHER_NAMES,
    DISPATCHER_WITH_SEND: frozenset({"out_buffer", "initiate_send"}),
    FILE_DISPATCHER: frozenset({"set_file"}),
    ASYNC_CHAT: _CHAT_NAMES,
    SMTP_SERVER: _SERVER_NAMES,
    DEBUGGING_SERVER: frozenset({"_print_message_content"}),
    SMTP_CHANNEL: _MAIL_CHANNEL_NAMES | set(PRIVATE_NAMES),
}


def ancestors(name: str) -> list[str]:
    """Return *name* and the removed classes it derives from, nearest first."""
    chain: list[str] = []
    current: str | None = name
    while current is not None:
        chain.append(current)
        current = CLASSES[current]
    return chain


@cache
def inherited_names(name: str) -> frozenset[str]:
    """Return every name that a subclass of *name* inherits."""
    return frozenset().union(*(_OWN_NAMES.get(cls, frozenset()) for cls in ancestors(name)))


def canonical(dotted: str) -> str:
    """Return *dotted* as the removed modules call it: the bridge's modules stand for the same things."""
    head, _, rest = dotted.partition(".")
    if head == BRIDGE and rest.split(".")[0] in MODULES:
        return rest
    return dotted


def is_legacy(dotted: str) -> bool:
    """Tell whether *dotted* names a removed module, the bridge's copy of it, or something in either."""
    return canonical(dotted).split(".")[0] in MODULES
