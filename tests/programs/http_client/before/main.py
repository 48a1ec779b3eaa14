"""Fetch some pages, all at the same time.

usage: main.py HOST PORT PATH...
"""
import asyncore
import socket
import sys


class Fetcher(asyncore.dispatcher):

    def __init__(self, host, port, path, results):
        asyncore.dispatcher.__init__(self)
        self.path = path
        self.results = results
        self.write_buffer = ("GET %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: %s\r\n\r\n" % (
            path, host, "fetcher " * 3)).encode("ascii")
        self.read_buffer = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect((host, port))

    def handle_connect(self):
        print("connected for", self.path)

    def handle_read(self):
        data = self.recv(8192)
        if data:
            self.read_buffer.append(data)

    def writable(self):
        return len(self.write_buffer) > 0

    def handle_write(self):
        sent = self.send(self.write_buffer[:20])
        self.write_buffer = self.write_buffer[sent:]

    def handle_close(self):
        self.close()
        head, blank, body = b"".join(self.read_buffer).partition(b"\r\n\r\n")
        status = head.split(b"\r\n")[0].decode("latin-1") if blank else "no answer"
        self.results[self.path] = (status, len(body), sum(body) % 65521)

    def handle_error(self):
        kind, value = sys.exc_info()[:2]
        self.results[self.path] = (kind.__name__, 0, 0)
        self.close()


def main(host, port, paths):
    results = {}
    for path in paths:
        Fetcher(host, int(port), path, results)
    asyncore.loop(timeout=1)
    for path in paths:
        print("%s: %s, %d bytes, sum %d" % ((path,) + results[path]))
    failed = sum(1 for status, _, _ in results.values() if " 200 " not in status)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
