"""Every kind of socket: UDP (bound, connected), Unix streams and datagrams, IPv6, raw."""

import asyncore
import os
import socket
import struct
import tempfile

from _drive import note, until

folder = tempfile.mkdtemp()


class Echo(asyncore.dispatcher):
    """Datagrams go back to where they came from."""

    def __init__(self, family, address, kind=socket.SOCK_DGRAM):
        asyncore.dispatcher.__init__(self)
        self.create_socket(family, kind)
        self.bind(address)
        self.answers = []

    def writable(self):
        return bool(self.answers)

    def handle_read(self):
        data, where = self.socket.recvfrom(100)
        note("  came", data)
        self.answers.append((data.upper(), where))

    def handle_write(self):
        self.socket.sendto(*self.answers.pop(0))


class Asks(asyncore.dispatcher):
    """The other side, connected, so that send() and recv() do."""

    heard = b""

    def __init__(self, family, address, own=None):
        asyncore.dispatcher.__init__(self)
        self.create_socket(family, socket.SOCK_DGRAM)
        if own is not None:
            self.bind(own)
        self.connect(address)
        note("  connected", self.connected, self.connecting)
        self.left = [b"one", b"two", b""]

    def handle_connect(self):
        note("  handle_connect")

    def writable(self):
        return bool(self.left)

    def handle_write(self):
        note("  sent", self.send(self.left.pop(0)))

    def handle_read(self):
        data = self.recv(100)
        note("  answer", data)
        self.heard += data + b"|"

    def handle_close(self):
        note("  handle_close: an empty datagram looks like the end")
        self.close()


def datagrams(family, address, own=None):
    server = Echo(family, address)
    asks = Asks(family, server.socket.getsockname(), own)
    until(lambda: not asks.connected and not server.answers and asks._fileno is None)
    note("  heard", asks.heard)
    server.close()
    asks.close()


note("UDP")
datagrams(socket.AF_INET, ("127.0.0.1", 0))
if socket.has_ipv6:
    note("UDP over IPv6")
    datagrams(socket.AF_INET6, ("::1", 0))
note("Unix datagrams")
datagrams(socket.AF_UNIX, os.path.join(folder, "datagrams"), os.path.join(folder, "own"))


class Listener(asyncore.dispatcher):
    def __init__(self, family, address):
        asyncore.dispatcher.__init__(self)
        self.create_socket(family, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(address)
        self.listen(5)
        self.channels = []

    def handle_accepted(self, sock, addr):
        note("  accepted", type(addr).__name__, len(addr))
        self.channels.append(Back(sock))


class Back(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100)[::-1])

    def handle_close(self):
        note("  server's handle_close")
        self.close()


class Client(asyncore.dispatcher_with_send):
    heard = b""

    def __init__(self, family, address):
        asyncore.dispatcher_with_send.__init__(self)
        self.create_socket(family, socket.SOCK_STREAM)
        self.connect(address)
        self.send(b"abc")

    def handle_connect(self):
        note("  handle_connect")

    def handle_read(self):
        self.heard += self.recv(100)


def streams(family, address):
    listener = Listener(family, address)
    client = Client(family, listener.socket.getsockname())
    until(lambda: client.heard == b"cba")
    client.close()
    until(lambda: not listener.channels[0].connected)
    listener.close()


note("Unix streams")
streams(socket.AF_UNIX, os.path.join(folder, "streams"))
if socket.has_ipv6:
    note("TCP over IPv6")
    streams(socket.AF_INET6, ("::1", 0))


class Ping(asyncore.dispatcher):
    """A raw socket, as programs that ping many hosts have; needs to be allowed."""

    answer = None

    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.set_socket(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
        self.socket.setblocking(False)
        self.asked = False

    def writable(self):
        return not self.asked

    def handle_write(self):
        self.asked = True
        packet = struct.pack("!BBHHH", 8, 0, 0, 77, os.getpid() & 0xFFFF) + b"ping"
        total = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
        total = (total >> 16) + (total & 0xFFFF)
        packet = packet[:2] + struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF) + packet[4:]
        note("  sent", self.socket.sendto(packet, ("127.0.0.1", 0)))

    def handle_read(self):
        data, _ = self.socket.recvfrom(1000)
        header = struct.unpack("!BBHHH", data[20:28])
        if header[0] == 0 and header[3:] == (77, os.getpid() & 0xFFFF):
            self.answer = data[28:]


note("raw")
try:
    ping = Ping()
except (OSError, AttributeError) as exc:
    note("  not allowed", type(exc).__name__)
    asyncore.close_all(ignore_all=True)
else:
    until(lambda: ping.answer is not None)
    note("  answer", ping.answer)
    ping.close()
note("left", len(asyncore.socket_map))
for name in os.listdir(folder):
    os.unlink(os.path.join(folder, name))
os.rmdir(folder)
