"""Serves files that it makes up, of any size, without ever holding one in memory."""
import asynchat
import asyncore
import socket
import sys

from producers import Afterwards, BrokenProducer, ChunkedProducer, LinesProducer, SectionProducer


class FileChannel(asynchat.async_chat):

    ac_out_buffer_size = 8192

    def __init__(self, sock, log):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        asynchat.async_chat.__init__(self, sock)
        self.log = log
        self.line = b""
        self.sending = None
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.line += data

    def found_terminator(self):
        words, self.line = self.line.split(), b""
        command, args = words[0], [int(word) for word in words[1:]]
        if command == b"section":
            size, block = args
            self.push(b"%d bytes follow:" % size)
            self.push_with_producer(SectionProducer(size, block, self.log))
            self.push_with_producer(Afterwards(self.done, size))
            self.push(b"\n")
        elif command == b"lines":
            self.push_with_producer(LinesProducer([b"one,", b"two,", b"", b"three"] * args[0]))
            self.push(b".\n")
        elif command == b"chunked":
            self.push_with_producer(ChunkedProducer(SectionProducer(args[0], 10, self.log)))
            self.push(b"\n")
        elif command == b"simple":
            self.push_with_producer(asynchat.simple_producer(b"0123456789" * args[0], 7))
            self.push_with_producer(asynchat.simple_producer(b"\n"))
        elif command == b"produced":
            self.push(b"%d\n" % self.log["produced"])
        elif command == b"broken":
            self.push(b"so far so good\n")
            self.push_with_producer(BrokenProducer())
            self.push(b"never\n")
        elif command == b"quit":
            self.push(b"bye\n")
            self.close_when_done()

    def done(self, size):
        self.log["files"] += 1
        print("file %d of %d bytes is out" % (self.log["files"], size))


class FileServer(asyncore.dispatcher):

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.log = {"produced": 0, "files": 0}
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        FileChannel(sock, self.log)


FileServer(int(sys.argv[1]))
asyncore.loop()
