"""TLS by hand: sockets wrapped in place, events overridden for the handshake, STARTTLS on a live channel.

The peer is an SSL object without a socket of its own, so that its records can be sent byte by byte.
"""

import asynchat
import asyncore
import os
import ssl

from _drive import Peer, note, run, unread, until

certificate = os.environ["KEPT_CERTIFICATE"]
server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_side.load_cert_chain(certificate)
client_side = ssl.create_default_context()
client_side.check_hostname = False
client_side.verify_mode = ssl.CERT_NONE


class Secure(asynchat.async_chat):
    """What real programs have: the handshake is done in overridden events, SSL errors mean "later"."""

    handshaking = False
    wants_to_write = False
    in_place = False

    def __init__(self, sock, starts_with_tls, server=True):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\r\n")
        self.server = server
        self.lines = []
        self.line = b""
        if starts_with_tls:
            self.secure()

    def secure(self):
        context = server_side if self.server else client_side
        old = self.socket
        if self.in_place:
            self.socket = context.wrap_socket(old, self.server, do_handshake_on_connect=False)
        else:
            self.del_channel()
            self.set_socket(context.wrap_socket(old, self.server, do_handshake_on_connect=False))
        self.handshaking = True
        if not self.server:
            self.wants_to_write = True

    def shake_hands(self):
        self.wants_to_write = False
        try:
            self.socket.do_handshake()
        except ssl.SSLWantReadError:
            return
        except ssl.SSLWantWriteError:
            self.wants_to_write = True
            return
        self.handshaking = False
        note("  shaken", self.connected)

    def readable(self):
        return self.handshaking or asynchat.async_chat.readable(self)

    def writable(self):
        return self.wants_to_write if self.handshaking else asynchat.async_chat.writable(self)

    def handle_read_event(self):
        if self.handshaking:
            self.shake_hands()
        else:
            asynchat.async_chat.handle_read_event(self)

    def handle_write_event(self):
        if self.handshaking:
            self.shake_hands()
        else:
            asynchat.async_chat.handle_write_event(self)

    def recv(self, size):
        try:
            return asynchat.async_chat.recv(self, size)
        except ssl.SSLWantReadError:
            raise BlockingIOError from None

    def send(self, data):
        try:
            return asynchat.async_chat.send(self, data)
        except ssl.SSLWantWriteError:
            return 0

    def collect_incoming_data(self, data):
        self.line += data

    def found_terminator(self):
        line, self.line = self.line, b""
        note("  line", line[:20], len(line))
        self.lines.append(line)
        if line == b"STARTTLS":
            self.push(b"go ahead\r\n")
            self.secure()
        else:
            self.push(b"<" + line + b">\r\n")

    def handle_error(self):
        note("  handle_error", asyncore.compact_traceback()[1].__name__)
        self.close()

    def handle_close(self):
        note("  handle_close")
        self.close()


class TlsPeer(Peer):
    """Speaks TLS through memory; *size* bytes of a record are sent at a time."""

    def __init__(self, size, server=False):
        Peer.__init__(self)
        self.size = size
        self.inside, self.outside = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = server_side if server else client_side
        self.tls = context.wrap_bio(self.inside, self.outside, server_side=server)
        self.plain = b""

    def flow(self, channel):
        """Send what TLS has to send, piece by piece, each of which is received; take what has come."""
        moved = False
        data = self.outside.read()
        for start in range(0, len(data), self.size):
            self.sock.sendall(data[start : start + self.size])
            until(lambda: not channel.connected or not unread(channel.socket))
            moved = True
        try:
            came = self.sock.recv(1 << 16)
        except BlockingIOError:
            return moved
        if came:
            self.inside.write(came)
        return moved or bool(came)

    def shakes(self, channel):
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                if not self.flow(channel):
                    until(lambda: unread(self.sock))
            else:
                break
        self.flow(channel)
        until(lambda: not channel.handshaking)

    def tells(self, channel, data, answer):
        """Send *data* in one record, and wait for *answer*."""
        self.tls.write(data)
        heard = b""
        while len(heard) < len(answer):
            try:
                heard += self.tls.read(1 << 16)
            except ssl.SSLWantReadError:
                if not self.flow(channel):
                    until(lambda: unread(self.sock))
        note("  heard", heard[:30], len(heard))


for in_place in (False, True):
    Secure.in_place = in_place
    for size in (1, 1000):
        note("from the start, in pieces of", size, "in place" if in_place else "by set_socket()")
        peer = TlsPeer(size)
        channel = Secure(peer.near, True)
        peer.shakes(channel)
        peer.tells(channel, b"hello\r\n", b"<hello>\r\n")
        peer.tells(channel, b"one\r\ntwo\r\nthree\r\n", b"<one>\r\n<two>\r\n<three>\r\n")
        many = b"x" * 16 * size
        peer.tells(channel, many + b"\r\n", b"<" + many + b">\r\n")
        peer.sock.close()
        run()

        note("STARTTLS, in pieces of", size)
        peer = TlsPeer(size)
        channel = Secure(peer.near, False)
        peer.says(b"plain\r\n")
        note("  heard", peer.hears())
        peer.sock.sendall(b"STARTTLS\r\n")
        until(lambda: channel.handshaking)
        note("  heard", peer.hears())
        peer.shakes(channel)
        peer.tells(channel, b"secret\r\n", b"<secret>\r\n")
        channel.close_when_done()
        run()
        note("  heard", peer.hears()[1:])

        note("a client, in pieces of", size)
        peer = TlsPeer(size, server=True)
        channel = Secure(peer.near, True, server=False)
        peer.shakes(channel)
        peer.tells(channel, b"from the server\r\n", b"<from the server>\r\n")
        channel.close()

note("no TLS at all")
peer = Peer()
channel = Secure(peer.near, True)
peer.sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
run()
note(channel.connected, len(asyncore.socket_map))
