"""push() from eight threads at once.

stdlib: lines were lost or torn, or a thread died
bridge: every line arrived whole, in order per thread
"""

import asynchat
import asyncore
import socket
import sys
import threading

sys.setswitchinterval(1e-6)
crashes = []
threading.excepthook = crashes.append


class Channel(asynchat.async_chat):
    ac_out_buffer_size = 64

    def found_terminator(self):
        pass

    def collect_incoming_data(self, data):
        pass

    def handle_error(self):
        crashes.append(1)
        raise


near, far = socket.socketpair()
near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
channel = Channel(near)
channel.set_terminator(None)
started = threading.Event()


def loop():
    try:
        while channel.connected:
            asyncore.loop(timeout=0.05, count=1)
            started.set()
    except BaseException as exc:
        crashes.append(exc)


server = threading.Thread(target=loop)
server.start()
started.wait()
received = bytearray()


def read():
    while data := far.recv(65536):
        received.extend(data)


reader = threading.Thread(target=read)
reader.start()


def push(name):
    for number in range(500):
        channel.push(b"%d %d %s\n" % (name, number, b"x" * 50))


threads = [threading.Thread(target=push, args=(n,)) for n in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
channel.close_when_done()
server.join(5)
near.close()
reader.join(5)
lines = [line.split() for line in bytes(received).splitlines()]
good = not crashes
for name in range(8):
    mine = [line for line in lines if line and line[0] == b"%d" % name]
    good = good and mine == [[b"%d" % name, b"%d" % n, b"x" * 50] for n in range(500)]
print(
    "every line arrived whole, in order per thread" if good else "lines were lost or torn, or a thread died",
    flush=True,
)
sys.stderr.close()
import os  # noqa: E402

os._exit(0)
