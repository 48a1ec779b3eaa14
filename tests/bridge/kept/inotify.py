"""An inotify descriptor in a file_dispatcher, as pyinotify has it: events are read when there are any."""

import asyncore
import ctypes
import os
import struct
import tempfile

from _drive import note, until

CREATE, DELETE, CLOSE_WRITE = 0x100, 0x200, 0x8
NAMES = {CREATE: "create", DELETE: "delete", CLOSE_WRITE: "close write"}


class Notifier(asyncore.file_dispatcher):
    """Reads all events that there are, hands them on by name, and counts the reads."""

    def __init__(self, descriptor, channel_map=None):
        self.events = []
        asyncore.file_dispatcher.__init__(self, descriptor, channel_map)

    def handle_read(self):
        data = self.recv(4096)
        while data:
            _, mask, _, size = struct.unpack_from("iIII", data)
            name = data[16 : 16 + size].rstrip(b"\0").decode()
            data = data[16 + size :]
            self.events.append((NAMES.get(mask, mask), name))

    def handle_error(self):
        raise


libc = ctypes.CDLL(None, use_errno=True)
try:
    descriptor = libc.inotify_init1(os.O_NONBLOCK)
except AttributeError:
    descriptor = -1
if descriptor < 0:
    note("no inotify here")
else:
    with tempfile.TemporaryDirectory() as folder:
        libc.inotify_add_watch(descriptor, os.fsencode(folder), CREATE | DELETE | CLOSE_WRITE)
        for channel_map in (None, {}):
            notifier = Notifier(descriptor, channel_map)
            path = os.path.join(folder, "file")
            with open(path, "w") as file:
                file.write("x")
            until(lambda: len(notifier.events) >= 2, channel_map)
            note("events", notifier.events)
            os.unlink(path)
            until(lambda: len(notifier.events) >= 3, channel_map)
            note("events", notifier.events[2:], notifier.connected, notifier.readable())
            notifier.close()
    os.close(descriptor)
