"""Whatever is found is watched: a file, or the number of one."""
import asyncore
import os
import sys


def found(name):
    return int(name) if name.isdigit() else open(name, "rb", buffering=0)


class Watcher(asyncore.file_dispatcher):
    def __init__(self, thing):
        asyncore.file_dispatcher.__init__(self, thing)
        self.thing = thing

    def writable(self):
        return False

    def handle_read(self):
        print(os.read(self.thing if isinstance(self.thing, int) else self.thing.fileno(), 10))


Watcher(found(sys.argv[1]))
asyncore.loop()
