#! /usr/bin/env python3
# message of the day, for whoever connects

import asynchat
import asyncore
import getopt
import socket
import sys


class Greeting (asynchat.async_chat):

    def __init__ (self, sock, server):
        asynchat.async_chat.__init__ (self, sock)
        self.set_terminator (None)
        for part in server.message:
            self.push (part)
        self.push (b'you are number %d\r\n' % server.count)
        self.close_when_done()

    def collect_incoming_data (self, data):
        pass

    def found_terminator (self):
        pass


class GreetingServer (asyncore.dispatcher):

    count = 0

    def __init__ (self, address, message):
        asyncore.dispatcher.__init__ (self)
        self.message = message
        self.create_socket (socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind (address)
        self.listen (16)

    def handle_accept (self):
        conn, addr = self.accept()
        self.count = self.count + 1
        Greeting (conn, self)


def main (argv):
    lines = 3
    options, arguments = getopt.getopt (argv[1:], 'n:')
    for option, value in options:
        if option == '-n':
            lines = int (value)
    message = [b'line %07d: %s\r\n' % (n, b'good day! ' * 100) for n in range (lines)]
    GreetingServer (('127.0.0.1', int (arguments[0])), message)
    asyncore.loop (use_poll=True)


main (sys.argv)
