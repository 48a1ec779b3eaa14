"""Everything comes back in capitals. The shape that the documentation taught everybody."""
import asyncore
import sys


class ShoutHandler(asyncore.dispatcher_with_send):

    def handle_read(self):
        data = self.recv(32768)
        if data:
            self.send(data.upper())
            self.server.total += len(data)

    def handle_close(self):
        print("%d bytes so far" % self.server.total)
        self.close()


class ShoutServer(asyncore.dispatcher):

    total = 0

    def __init__(self, host, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind((host, port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        print('Incoming connection from %s' % addr[0])
        handler = ShoutHandler(sock)
        handler.server = self


server = ShoutServer('localhost', int(sys.argv[1]))
asyncore.loop()
