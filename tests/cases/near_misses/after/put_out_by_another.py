"""A signal handler has the flag set by somebody else, who may be called before there is an event to tell."""
from asyncore_bridge import asyncore
import signal


class Lamp(asyncore.dispatcher):
    burning = True

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        signal.signal(signal.SIGTERM, self.storm)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        sock.close()

    def put_out(self):
        self.burning = False

    def storm(self, number, frame):
        self.put_out()


lamp = Lamp(7000)
while lamp.burning:
    asyncore.loop(timeout=0.1, count=1)
