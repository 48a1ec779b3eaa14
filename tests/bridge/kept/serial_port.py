"""A serial port (a pseudo-terminal) in a file_dispatcher; a pipe through which other threads wake the loop."""

import asyncore
import os
import threading
import tty

from _drive import note, until


class Modem(asyncore.file_dispatcher):
    def __init__(self, fd):
        self.out = self.received = b""
        self.commands = []
        asyncore.file_dispatcher.__init__(self, fd)

    def writable(self):
        return bool(self.out)

    def handle_write(self):
        self.out = self.out[self.send(self.out) :]

    def handle_read(self):
        self.received += self.recv(64)
        while b"\r" in self.received:
            command, self.received = self.received.split(b"\r", 1)
            self.commands.append(command)
            self.out += b"OK " + command + b"\r"


far, near = os.openpty()
tty.setraw(far)
tty.setraw(near)
modem = Modem(near)
os.write(far, b"AT\rATZ\r")
until(lambda: len(modem.commands) == 2 and not modem.out)
note(modem.commands, os.read(far, 100), os.get_blocking(near))
os.write(far, b"ATD\rpart")
until(lambda: len(modem.commands) == 3 and modem.received and not modem.out)
note(os.read(far, 100), modem.received)
modem.close()
os.close(far)
os.close(near)


class Trigger(asyncore.file_dispatcher):
    """Calls of other threads, made in the loop's."""

    def __init__(self):
        near, self.far = os.pipe()
        self.lock = threading.Lock()
        self.calls = []
        asyncore.file_dispatcher.__init__(self, near)
        os.close(near)

    def readable(self):
        return 1

    def writable(self):
        return 0

    def pull(self, call):
        with self.lock:
            self.calls.append(call)
        os.write(self.far, b"x")

    def handle_read(self):
        self.recv(8192)
        with self.lock:
            calls, self.calls = self.calls, []
        for call in calls:
            call()


trigger = Trigger()
done = []
me = threading.get_ident()


def pull(number):
    trigger.pull(lambda: done.append((number, threading.get_ident() == me)))


threads = [threading.Thread(target=pull, args=(number,)) for number in range(5)]
for thread in threads:
    thread.start()
until(lambda: len(done) == 5)
for thread in threads:
    thread.join()
note(sorted(done))
trigger.close()
os.close(trigger.far)
note(len(asyncore.socket_map))
