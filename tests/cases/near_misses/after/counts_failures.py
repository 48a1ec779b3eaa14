"""A `try` around accept() with an `else`, which catches more than accept() raises."""
from asyncore_bridge import asyncore


class Echo(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(1024))


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.failures = 0
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        try:
            sock, addr = self.accept()
        except TypeError:
            self.failures += 1
        else:
            Echo(sock)
        finally:
            print("somebody came, or did not", self.failures)


Server(7000)
asyncore.loop()
