"""A connection that was reset before the constructor saw it: not connected, no address, but in the map.

Other errors of getpeername() come out of the constructor, and leave the map clean.
"""

import asynchat
import asyncore
import socket
import struct

from _drive import note, tcp_pair


class Broken:
    """A socket whose getpeername() fails in another way."""

    def __init__(self, sock):
        self.sock = sock

    def setblocking(self, flag):
        note("  setblocking", flag)

    def fileno(self):
        return self.sock.fileno()

    def getpeername(self):
        raise OSError(5, "broken")


for cls in (asyncore.dispatcher, asyncore.dispatcher_with_send, asynchat.async_chat):
    note(cls.__name__)
    near, far = tcp_pair()
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    far.close()
    try:
        channel = cls(near)
    except OSError as exc:
        note("  raised", exc.args)
    else:
        note("  ", channel.connected, channel.connecting, channel.addr, channel in asyncore.socket_map.values())
        note("  ", bool(channel.readable()), bool(channel.writable()))
        channel.close()
    note("not connected at all")
    with socket.socket() as sock:
        channel = cls(sock)
        note("  ", channel.connected, channel.addr, channel._fileno in asyncore.socket_map, sock.getblocking())
        channel.close()
    note("broken")
    try:
        cls(Broken(near))
    except OSError as exc:
        note("  raised", exc.args, len(asyncore.socket_map))
