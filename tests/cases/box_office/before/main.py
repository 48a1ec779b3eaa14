"""What a line means depends on which method stands for found_terminator() just now."""

import asynchat
import asyncore
import socket
import sys


class Visitor(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.name = b""
        self.set_terminator(b"\n")
        self.wait_for_name()

    def wait_for_name(self):
        self.push(b"name?\n")
        self.found_terminator = self.found_name

    def collect_incoming_data(self, data):
        self.data.append(data)

    def taken(self):
        line = b"".join(self.data)
        self.data = []
        return line

    def found_name(self):
        self.name = self.taken()
        self.found_terminator = self.found_wish

    def found_wish(self):
        wish = self.taken()
        if wish == b"luggage":
            self.set_terminator(4)
            self.found_terminator = self.found_luggage
        elif wish == b"next":
            self.wait_for_name()
        else:
            self.push(b"%s wants %s\n" % (self.name, wish))

    def found_luggage(self):
        self.push(b"[%s]\n" % self.taken())
        self.set_terminator(b"\n")
        self.found_terminator = self.found_wish


class Gate(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Visitor(sock)

    def handle_close(self):
        nil, kind, value, info = asyncore.compact_traceback()
        print("gate closed:", kind, value)
        self.close()


gate = Gate(int(sys.argv[1]))
asyncore.loop()
