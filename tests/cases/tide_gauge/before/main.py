"""Reads a tide gauge that hangs up after every few values: connects again, in the same object, three times in all."""
import asyncore
import logging
import os
import socket
import sys


def log_file(path):
    return logging.FileHandler(path)


class Gauge(asyncore.dispatcher):
    """Asks as soon as it is connected, and again for every value."""

    def __init__(self, host, port, times):
        asyncore.dispatcher.__init__(self)
        self.address = (host, port)
        self.times = times
        self.out = b""
        self.values = []
        self.reconnect()

    def reconnect(self):
        self.out = b"READ\n"
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(self.address)

    def handle_connect(self):
        logging.debug("connected")
        print("connected", flush=True)

    def writable(self):
        return not self.connected or len(self.out) > 0

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]

    def handle_read(self):
        for byte in self.recv(100):
            self.values.append(byte)
            self.out += b"%d\n" % byte

    def handle_close(self):
        self.close()
        self.times -= 1
        print("%d values" % len(self.values), flush=True)
        if self.times:
            self.reconnect()


if __name__ == "__main__":
    host, port = "127.0.0.1", int(sys.argv[1])
    logging.getLogger().addHandler(log_file(os.devnull))
    logging.getLogger().setLevel(logging.DEBUG)
    Gauge(host, port, 3)
    asyncore.loop()
    print("done")
