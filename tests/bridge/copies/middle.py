"""asyncore as it was for most of its life."""

import select
import socket

socket_map = {}


class ExitNow(Exception):
    pass


def read(obj):
    try:
        obj.handle_read_event()
    except ExitNow:
        raise
    except:  # noqa: E722  (so it was: even an interrupt only closed the channel)
        obj.handle_error()


def write(obj):
    try:
        obj.handle_write_event()
    except ExitNow:
        raise
    except:  # noqa: E722
        obj.handle_error()


def _exception(obj):
    try:
        obj.handle_expt_event()
    except ExitNow:
        raise
    except:  # noqa: E722
        obj.handle_error()


def readwrite(obj, flags):
    try:
        if flags & 3:
            obj.handle_read_event()
        if flags & 4:
            obj.handle_write_event()
        if flags & 0x38:
            obj.handle_expt_event()
    except ExitNow:
        raise
    except:  # noqa: E722
        obj.handle_error()


def loop(timeout=30.0):
    while socket_map:
        members = dict(socket_map)
        asked = [fd for fd, obj in members.items() if obj.readable()]
        asking = [fd for fd, obj in members.items() if obj.writable()]
        for ready, tell in zip(select.select(asked, asking, [], timeout), (read, write)):
            for fd in ready:
                if fd in socket_map:
                    tell(socket_map[fd])


class dispatcher:
    connected = accepting = 0

    def __init__(self, sock=None, map=None):
        self._map = socket_map if map is None else map
        self.socket = None
        if sock is not None:
            self.set_socket(sock)
            self.socket.setblocking(0)
            self.connected = 1

    def set_socket(self, sock):
        self.socket = sock
        self._fileno = sock.fileno()
        self._map[self._fileno] = self

    def create_socket(self):
        self.set_socket(socket.socket())
        self.socket.setblocking(0)

    def listen(self, backlog):
        self.accepting = 1
        self.socket.listen(backlog)

    def connect(self, address):
        self.socket.connect_ex(address)

    def send(self, data):
        return self.socket.send(data)

    def recv(self, size):
        data = self.socket.recv(size)
        if not data:
            self.handle_close()
        return data

    def close(self):
        if self._fileno in self._map:
            del self._map[self._fileno]
        self.socket.close()

    def __getattr__(self, name):
        return getattr(self.socket, name)

    def readable(self):
        return 1

    def writable(self):
        return 1

    def handle_read_event(self):
        if self.accepting:
            self.handle_accept()
            return
        if not self.connected:
            self.handle_connect()
            self.connected = 1
        self.handle_read()

    def handle_write_event(self):
        if not self.connected:
            self.handle_connect()
            self.connected = 1
        self.handle_write()

    def handle_expt_event(self):
        self.handle_error()

    def handle_accept(self):
        self.handle_accepted(*self.socket.accept())

    def handle_connect(self):
        pass

    def handle_write(self):
        pass

    def handle_error(self):
        self.close()

    def handle_close(self):
        self.close()
