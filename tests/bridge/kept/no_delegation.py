"""A dispatcher has only its own methods: those of the socket are not there any more (since 3.6)."""

import asynchat
import asyncore

from _drive import Peer, note

for cls in (asyncore.dispatcher, asyncore.dispatcher_with_send, asynchat.async_chat):
    channel = cls(Peer().near)
    for name in ("getsockname", "getpeername", "fileno", "setsockopt", "sendall", "shutdown", "makefile", "family"):
        note(cls.__name__, name, hasattr(channel, name))
        try:
            getattr(channel, name)
        except AttributeError as exc:
            note("  ", str(exc).replace(f"{cls.__module__}.", ""))
    channel.close()


class Delegates(asyncore.dispatcher):
    """What programs did about it."""

    def __getattr__(self, name):
        if name.startswith("__") or name == "socket":
            raise AttributeError(name)
        return getattr(self.socket, name)


peer = Peer()
channel = Delegates(peer.near)
note(channel.fileno() == peer.near.fileno(), channel.gettimeout(), hasattr(channel, "nothing"))
channel.close()
