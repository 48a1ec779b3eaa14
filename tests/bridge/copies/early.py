"""asyncore in its youth: everything in one loop, one map, no helper functions."""

import select
import socket

socket_map = {}


class ExitNow(Exception):
    pass


def loop(timeout=30.0):
    while socket_map:
        asked = [fd for fd, obj in socket_map.items() if obj.readable()]
        asking = [fd for fd, obj in socket_map.items() if obj.writable()]
        asked, asking, _ = select.select(asked, asking, [], timeout)
        for ready, name in ((asked, "handle_read_event"), (asking, "handle_write_event")):
            for fd in ready:
                obj = socket_map.get(fd)
                if obj is not None:
                    try:
                        getattr(obj, name)()
                    except ExitNow:
                        raise
                    except:  # noqa: E722
                        obj.handle_error()


class dispatcher:
    connected = 0
    listening = 0

    def __init__(self, sock=None):
        if sock is not None:
            self.set_socket(sock)
            self.connected = 1

    def set_socket(self, sock):
        sock.setblocking(0)
        self.socket = sock
        socket_map[sock.fileno()] = self

    def create_socket(self):
        self.set_socket(socket.socket())

    def listen(self, backlog):
        self.listening = 1
        self.socket.listen(backlog)

    def bind(self, address):
        self.socket.bind(address)

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
        del socket_map[self.socket.fileno()]
        self.socket.close()

    def readable(self):
        return 1

    def writable(self):
        return 1

    def handle_read_event(self):
        if self.listening:
            self.handle_accepted(*self.socket.accept())
            return
        self.handle_write_event()
        self.handle_read()

    def handle_write_event(self):
        if not self.connected:
            self.connected = 1
            self.handle_connect()
        self.handle_write()

    def handle_connect(self):
        pass

    def handle_write(self):
        pass

    def handle_error(self):
        self.close()

    def handle_close(self):
        self.close()
