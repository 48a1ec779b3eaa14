"""Notes when somebody was last heard, and queues by hand what asynchat would queue as well."""

import asynchat
import asyncore
import socket
import sys
import time


class Post(asynchat.async_chat):
    """One post of the watch."""

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.calls = []
        self.heard = 0.0
        self.silent = True
        self.set_terminator(b"\n")

    def handle_read(self):
        """Whatever comes, also half a call, shows that somebody is there."""
        self.heard = time.time()
        self.silent = False
        asynchat.async_chat.handle_read(self)

    def push(self, data):
        self.producer_fifo.append(data)
        self.initiate_send()

    def collect_incoming_data(self, data):
        self.calls.append(data)

    def found_terminator(self):
        call = b"".join(self.calls)
        self.calls = []
        self.push(b"%s, %s\n" % (call, b"late" if time.time() - self.heard > 60 else b"in time"))
        self.initiate_send()

    def handle_close(self):
        print("silent" if self.silent else "heard", flush=True)
        self.close()


class Watch(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Post(sock)


watch = Watch(int(sys.argv[1]))
asyncore.loop()
