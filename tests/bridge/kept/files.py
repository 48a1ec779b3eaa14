"""Pipes, regular files and /dev/null as channels: the latter are always ready; the rest goes on."""

import asyncore
import os
import socket
import tempfile

from _drive import Peer, note, run, until


class Reads(asyncore.file_dispatcher):
    got = b""
    size = 10

    def writable(self):
        return False

    def handle_read(self):
        data = self.recv(self.size)
        note("  read", data, self.connected)
        self.got += data

    def handle_close(self):
        note("  close")
        self.close()


class Writes(asyncore.file_dispatcher):
    def __init__(self, fd, *pieces):
        asyncore.file_dispatcher.__init__(self, fd)
        self.pieces = list(pieces)

    def readable(self):
        return False

    def handle_write(self):
        piece = self.pieces.pop(0)
        note("  write", self.send(piece))
        if not self.pieces:
            self.close()


folder = tempfile.mkdtemp()
path = os.path.join(folder, "file")

note("a regular file, written, then read")
with open(path, "wb") as file:
    Writes(file, b"one two three ", b"four")
    run()
with open(path, "rb") as file:
    channel = Reads(file)
    note("  not the file's own number", channel._fileno != file.fileno(), type(channel.socket).__name__)
    run()

note("/dev/null")
with open(os.devnull, "r+b", buffering=0) as file:
    Reads(file)
    run()
    Writes(file, b"x" * 1000)
    run()

note("a file beside a socket: both are served")
peer = Peer()


class Echo(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


echo = Echo(peer.near)
with open(path, "rb") as file:
    channel = Reads(file)
    channel.size = 1
    peer.sock.send(b"hello")
    until(lambda: not channel.connected and peer.was_heard())
    note("  ", peer.hears(), channel.got)
echo.close()

note("a pipe, non-blocking from now on")
reader, writer = os.pipe()
channel = Reads(reader)
note("  ", os.get_blocking(reader), os.get_blocking(writer), channel.connected, channel.addr)
os.write(writer, b"through the pipe")
until(lambda: len(channel.got) == 16)
os.close(writer)
until(lambda: not channel.connected)
os.close(reader)

note("file_wrapper")
reader, writer = os.pipe()
wrapper = asyncore.file_wrapper(writer)
note("  ", wrapper.fileno() not in (reader, writer), wrapper.send(b"abc"), wrapper.write(b"def"))
other = asyncore.file_wrapper(reader)
note("  ", other.recv(2), other.read(100))
note("  ", wrapper.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
for args in ((socket.SOL_SOCKET, socket.SO_TYPE), (socket.SOL_SOCKET, socket.SO_ERROR, 1)):
    try:
        wrapper.getsockopt(*args)
    except NotImplementedError as exc:
        note("  ", type(exc).__name__)
for file in (wrapper, other):
    file.close()
    note("  closed", file.fileno())
    file.close()
    os.fstat(reader)
try:
    wrapper.send(b"x")
except OSError as exc:
    note("  ", exc.args)
try:
    asyncore.file_dispatcher(-1)
except OSError as exc:
    note("  ", exc.args, len(asyncore.socket_map))
