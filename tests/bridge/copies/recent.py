"""The latest shape of asyncore."""

import errno
import os
import select
import socket

GONE = {errno.ECONNRESET, errno.ENOTCONN, errno.ESHUTDOWN, errno.ECONNABORTED, errno.EPIPE, errno.EBADF}

socket_map = {}


class ExitNow(Exception):
    pass


PASSING = (ExitNow, KeyboardInterrupt, SystemExit)


def _guarded(obj, event):
    try:
        event()
    except PASSING:
        raise
    except BaseException:
        obj.handle_error()


def read(obj):
    _guarded(obj, obj.handle_read_event)


def write(obj):
    _guarded(obj, obj.handle_write_event)


def _exception(obj):
    _guarded(obj, obj.handle_expt_event)


def readwrite(obj, flags):
    def events():
        try:
            for bit, name in ((1, "handle_read_event"), (4, "handle_write_event"), (2, "handle_expt_event")):
                if flags & bit:
                    getattr(obj, name)()
            if flags & 0x38:
                obj.handle_close()
        except OSError as exc:
            if exc.errno not in GONE:
                raise
            obj.handle_close()

    _guarded(obj, events)


def loop(timeout=30.0, map=None):
    members = socket_map if map is None else map
    while members:
        found = [(fd, obj, obj.readable(), obj.writable() and not obj.accepting) for fd, obj in members.items()]
        asked = [[fd for fd, _, r, _ in found if r], [fd for fd, _, _, w in found if w], [fd for fd, *_ in found]]
        for ready, tell in zip(select.select(*asked, timeout), (read, write, _exception)):
            for fd in ready:
                if fd in members:
                    tell(members[fd])


class dispatcher:
    connected = connecting = accepting = False

    def __init__(self, sock=None, map=None):
        self._map = socket_map if map is None else map
        self.socket = None
        if sock is not None:
            sock.setblocking(False)
            self.set_socket(sock)
            self.connected = True

    def set_socket(self, sock):
        self.socket = sock
        self._fileno = sock.fileno()
        self._map[self._fileno] = self

    def create_socket(self):
        sock = socket.socket()
        sock.setblocking(False)
        self.set_socket(sock)

    def bind(self, address):
        self.socket.bind(address)

    def listen(self, backlog):
        self.accepting = True
        self.socket.listen(backlog)

    def connect(self, address):
        self.connecting = True
        if self.socket.connect_ex(address) == 0:
            self.handle_connect_event()

    def send(self, data):
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0

    def recv(self, size):
        try:
            data = self.socket.recv(size)
        except OSError as exc:
            if exc.errno not in GONE:
                raise
            data = b""
        if not data:
            self.handle_close()
        return data

    def close(self):
        self.connected = self.connecting = self.accepting = False
        self._map.pop(self._fileno, None)
        self.socket.close()

    def readable(self):
        return True

    def writable(self):
        return True

    def handle_read_event(self):
        if self.accepting:
            self.handle_accept()
            return
        if self.connecting:
            self.handle_connect_event()
        self.handle_read()

    def handle_connect_event(self):
        number = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            raise OSError(number, os.strerror(number))
        self.handle_connect()
        self.connected, self.connecting = True, False

    def handle_write_event(self):
        if self.connecting:
            self.handle_connect_event()
        self.handle_write()

    def handle_expt_event(self):
        self.handle_expt()

    def handle_accept(self):
        try:
            pair = self.socket.accept()
        except BlockingIOError:
            return
        self.handle_accepted(*pair)

    def handle_connect(self):
        pass

    def handle_write(self):
        pass

    def handle_expt(self):
        pass

    def handle_error(self):
        self.handle_close()

    def handle_close(self):
        self.close()
