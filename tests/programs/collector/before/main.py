"""Takes uploads: a name on a line, then everything until the sender hangs up.

usage: main.py PORT COUNT      (ends after COUNT uploads)
"""
import asynchat
import asyncore
import hashlib
import sys


class Upload(asynchat.async_chat):

    def __init__(self, sock, server):
        asynchat.async_chat.__init__(self, sock)
        self.server = server
        self.name = None
        self.head = b""
        self.size = 0
        self.digest = hashlib.md5()
        self.set_terminator(b"\r\n\r\n")

    def collect_incoming_data(self, data):
        if self.name is None:
            self.head += data
        else:
            self.size += len(data)
            self.digest.update(data)

    def found_terminator(self):
        self.name = self.head.decode("utf-8", "replace")
        self.set_terminator(None)
        self.push(b"go on\n")

    def handle_close(self):
        self.close()
        if self.name is None:
            print("nameless, %d bytes: %r" % (len(self.head), self.head))
        else:
            print("%s: %d bytes, %s" % (self.name, self.size, self.digest.hexdigest()))
        self.server.finished()


class UploadServer(asyncore.dispatcher):

    def __init__(self, port, count):
        asyncore.dispatcher.__init__(self)
        self.count = count
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            Upload(pair[0], self)
            self.count -= 1
            if self.count == 0:
                self.close()

    def finished(self):
        print("%d channels left" % len(asyncore.socket_map))


if __name__ == "__main__":
    UploadServer(int(sys.argv[1]), int(sys.argv[2]))
    asyncore.loop()
    print("all done")
