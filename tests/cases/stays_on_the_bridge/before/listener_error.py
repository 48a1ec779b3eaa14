"""A listener with a handle_error(), whose sessions are made in more than one place."""
import asyncore


class Echo(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(1024))


class Shout(Echo):
    def handle_read(self):
        self.send(self.recv(1024).upper())


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.count = 0
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.count += 1
        if self.count % 2:
            Echo(sock)
        else:
            Shout(sock)

    def handle_error(self):
        print("could not serve number", self.count)


Server(7000)
asyncore.loop()
