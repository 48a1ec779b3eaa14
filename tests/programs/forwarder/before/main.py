#!/usr/bin/env python
"""forward.py -- forwards connections to another host

    main.py LISTENPORT HOST PORT
"""

import asyncore
import socket
import sys


class Receiver(asyncore.dispatcher):
    """The near end."""

    most = 128 * 1024

    def __init__(self, conn):
        asyncore.dispatcher.__init__(self, conn)
        self.outgoing = b''         # to the far end
        self.incoming = b''         # from the far end
        self.sender = None

    def handle_connect(self):
        pass

    def readable(self):
        return len(self.outgoing) < self.most

    def handle_read(self):
        self.outgoing = self.outgoing + self.recv(16384)

    def writable(self):
        return len(self.incoming) > 0

    def handle_write(self):
        n = self.send(self.incoming)
        self.incoming = self.incoming[n:]

    def handle_close(self):
        print('near end closed')
        self.close()
        if self.sender.outgoing_done():
            self.sender.close()


class Sender(asyncore.dispatcher):
    """The far end."""

    def __init__(self, receiver, address):
        asyncore.dispatcher.__init__(self)
        self.receiver = receiver
        receiver.sender = self
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def handle_connect(self):
        print('far end connected')

    def readable(self):
        return len(self.receiver.incoming) < self.receiver.most

    def handle_read(self):
        self.receiver.incoming = self.receiver.incoming + self.recv(16384)

    def writable(self):
        return not self.connected or len(self.receiver.outgoing) > 0

    def handle_write(self):
        n = self.send(self.receiver.outgoing)
        self.receiver.outgoing = self.receiver.outgoing[n:]
        if not self.receiver.connected and self.outgoing_done():
            self.close()

    def outgoing_done(self):
        return not self.receiver.outgoing

    def handle_error(self):
        kind, value = sys.exc_info()[:2]
        print('far end: %s' % kind.__name__)
        self.handle_close()

    def handle_close(self):
        self.close()
        self.receiver.close()
        print('far end closed')


class Forwarder(asyncore.dispatcher):

    def __init__(self, ip, port, remote, backlog=5):
        asyncore.dispatcher.__init__(self)
        self.remote = remote
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind((ip, port))
        self.listen(backlog)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            Sender(Receiver(pair[0]), self.remote)


if __name__ == '__main__':
    Forwarder('127.0.0.1', int(sys.argv[1]), (sys.argv[2], int(sys.argv[3])))
    try:
        asyncore.loop()
    except KeyboardInterrupt:
        sys.exit('interrupted')
