"""What goes wrong is reported alike, and may go wrong before there is a session: two classes share what reports it."""
from asyncore_bridge import asyncore
import sys


class Reports:
    def handle_error(self):
        print(type(self).__name__, "failed:", sys.exc_info()[1])
        self.close()


class Session(Reports, asyncore.dispatcher_with_send):
    def handle_read(self):
        data = self.recv(1000)
        if data:
            self.send(b"%d\n" % int(data))


class Server(Reports, asyncore.dispatcher):
    def __init__(self, port, friends):
        asyncore.dispatcher.__init__(self)
        self.friends = friends
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        print("it is", self.friends[addr[0]])
        Session(sock)


Server(int(sys.argv[1]), {"127.0.0.1": "me"})
asyncore.loop()
