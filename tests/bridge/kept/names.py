"""What is where: public names, __module__ and repr() of the classes, class attributes, signatures, defaults."""

import asynchat
import asyncore
import inspect
import smtpd

from _drive import Peer, note

for module, names in (
    (asyncore, "dispatcher dispatcher_with_send file_dispatcher file_wrapper ExitNow"),
    (asynchat, "async_chat simple_producer"),
    (smtpd, "SMTPServer SMTPChannel DebuggingServer PureProxy Devnull Options"),
):
    for name in names.split():
        cls = getattr(module, name)
        print(
            name,
            cls.__module__.replace("asyncore_bridge.", ""),
            cls.__qualname__,
            [c.__name__ for c in cls.__mro__[:-1]],
        )


def plain(value):
    """Return what an enum's member stands for: how it is printed changed in Python 3.11."""
    return int(value) if isinstance(value, int) else value


for function in (
    asyncore.loop, asyncore.poll, asyncore.poll2, asyncore.poll3, asyncore.close_all, asyncore.read, asyncore.write,
    asyncore.readwrite, asyncore.compact_traceback, asynchat.find_prefix_at_end,
):  # fmt: skip
    parameters = inspect.signature(function).parameters.values()
    note(
        function.__name__,
        [(parameter.name, parameter.default is parameter.empty or parameter.default) for parameter in parameters],
    )
for cls in (asyncore.dispatcher, asyncore.dispatcher_with_send, asynchat.async_chat):
    for name in [
        "__init__",
        "add_channel",
        "del_channel",
        "set_socket",
        "create_socket",
        "connect",
        "bind",
        "listen",
        "accept",
        "send",
        "recv",
        "close",
    ]:
        parameters = inspect.signature(getattr(cls, name)).parameters.values()
        note(cls.__name__, name, [(p.name, p.default is p.empty or plain(p.default)) for p in parameters])
for cls in (asyncore.dispatcher, asynchat.async_chat, smtpd.SMTPChannel):
    for name in [
        "debug",
        "connected",
        "accepting",
        "connecting",
        "closing",
        "addr",
        "ignore_log_types",
        "ac_in_buffer_size",
        "ac_out_buffer_size",
        "encoding",
        "COMMAND",
        "DATA",
        "command_size_limit",
    ]:
        note(
            cls.__name__,
            name,
            sorted(getattr(cls, name)) if name == "ignore_log_types" else getattr(cls, name, "none"),
        )
    note(bool(getattr(cls, "use_encoding", False)))
for module in (asyncore, asynchat):
    names = set(vars(module)) & {
        "EALREADY",
        "EINPROGRESS",
        "EWOULDBLOCK",
        "ECONNRESET",
        "EINVAL",
        "ENOTCONN",
        "ESHUTDOWN",
        "EISCONN",
        "EBADF",
        "ECONNABORTED",
        "EPIPE",
        "EAGAIN",
        "errorcode",
        "select",
        "socket",
        "sys",
        "warnings",
        "os",
        "socket_map",
        "asyncore",
        "deque",
        "_DISCONNECTED",
        "_strerror",
        "_reraised_exceptions",
        "_exception",
    }
    note(sorted(names))
smtpd_names = sorted(set(smtpd.__all__) - {"MailmanProxy"})  # was there before Python 3.11
note(smtpd.__version__, smtpd_names, repr(smtpd.NEWLINE), smtpd.DATA_SIZE_DEFAULT, smtpd.COMMASPACE)
note(asyncore._strerror(2), asyncore._strerror(99999), isinstance(asyncore.ExitNow(), Exception))

peer = Peer()
channel = asyncore.dispatcher()
note(repr(channel))
channel.addr = ("host", 80)
note(repr(channel))
channel.accepting = True
note(repr(channel))
channel.addr = "/path"
note(repr(channel))
channel.addr = (1, 2, 3)
note(repr(channel))
channel = asynchat.async_chat(peer.near)
note(repr(channel))


class Outer:
    class Inner(asyncore.dispatcher):
        pass


note(
    repr(Outer.Inner()),
    [asynchat.find_prefix_at_end(b"qwerty\r", b"\r\n"), asynchat.find_prefix_at_end("ab", "xb")],
)
note(
    asynchat.find_prefix_at_end(b"a", b"abc"),
    asynchat.find_prefix_at_end(b"", b"abc"),
    asynchat.find_prefix_at_end(b"x", b"a"),
)
producer = asynchat.simple_producer(b"abcde", 2)
note(producer.data, producer.buffer_size, [producer.more() for _ in range(4)])
note(asyncore.dispatcher_with_send().out_buffer, asynchat.async_chat().ac_in_buffer, asynchat.async_chat().incoming)
