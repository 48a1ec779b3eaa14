"""Out-of-band data: handle_expt(), by itself and with data; the stock method; an error of the socket instead."""

import asyncore
import socket
import struct

from _drive import USE_POLL, note, tcp_pair, until


class Channel(asyncore.dispatcher):
    ignore_log_types = ()
    urgent = b""
    data = b""
    errors = 0

    def __init__(self, sock, wants_to_read=True):
        asyncore.dispatcher.__init__(self, sock)
        self.wants_to_read = wants_to_read

    def readable(self):
        return self.wants_to_read

    def writable(self):
        return not self.wants_to_read

    def handle_read(self):
        data = self.recv(100)
        note("  handle_read", data)
        self.data += data

    def handle_write(self):
        pass

    def handle_expt(self):
        self.urgent += self.socket.recv(1, socket.MSG_OOB)
        note("  handle_expt", self.urgent)

    def handle_close(self):
        note("  handle_close")
        self.close()

    def handle_error(self):
        note("  handle_error")
        self.close()

    def log_info(self, message, type="info"):
        note("  log", type, message)


note("urgent, and nothing else")
near, far = tcp_pair()
channel = Channel(near)
far.send(b"!", socket.MSG_OOB)
until(lambda: channel.urgent)
note("then data")
far.send(b"plain")
until(lambda: channel.data)
channel.close()

note("only writing: it is told all the same, as select() asked everybody for it")
near, far = tcp_pair()
channel = Channel(near, wants_to_read=False)
far.send(b"?", socket.MSG_OOB)
if USE_POLL:
    note("  but not with poll()")
else:
    until(lambda: channel.urgent)
channel.close()


class Stock(Channel):
    told = False

    def handle_expt(self):
        asyncore.dispatcher.handle_expt(self)
        self.socket.recv(1, socket.MSG_OOB)
        self.told = True


note("the stock method")
near, far = tcp_pair()
channel = Stock(near)
far.send(b"!", socket.MSG_OOB)
until(lambda: channel.told)
channel.close()


note("an error of the socket, asked for by hand")
near, far = tcp_pair()
channel = Channel(near)
far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
far.close()
channel.handle_expt_event()
note("connected", channel.connected, len(asyncore.socket_map))
