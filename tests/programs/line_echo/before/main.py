#!/usr/bin/env python3
"""Echo, a line at a time, with a number in front.

usage: main.py PORT
"""
import asynchat
import asyncore
import socket
import sys


class EchoChannel(asynchat.async_chat):

    ac_in_buffer_size = 4096

    def __init__(self, sock, peers):
        asynchat.async_chat.__init__(self, sock)
        self.peers = peers
        self.pieces = []
        self.lines = 0
        self.set_terminator(b"\r\n")

    def collect_incoming_data(self, data):
        self.pieces.append(data)

    def found_terminator(self):
        line = b"".join(self.pieces)
        self.pieces = []
        self.lines += 1
        if line == b"bye":
            self.push(b"%d lines, bye\r\n" % self.lines)
            self.close_when_done()
        else:
            self.push(b"%d [%s] %d\r\n" % (self.lines, line, len(line)))

    def handle_close(self):
        print("gone after %d lines" % self.lines)
        self.close()


class EchoServer(asyncore.dispatcher):

    def __init__(self, address):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(address)
        self.listen(5)
        self.accepted = 0

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            sock, peer = pair
            self.accepted += 1
            print("client %d from %s" % (self.accepted, peer[0]))
            EchoChannel(sock, peer)


if __name__ == "__main__":
    EchoServer(("127.0.0.1", int(sys.argv[1])))
    asyncore.loop()
