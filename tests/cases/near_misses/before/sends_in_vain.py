"""The listener's own send() calls the inherited one, which fails: nobody is at the other end of its socket."""
import asyncore


class Reader(asyncore.dispatcher_with_send):
    def __init__(self, sock, desk):
        asyncore.dispatcher_with_send.__init__(self, sock)
        self.desk = desk

    def handle_read(self):
        self.desk.send(self.recv(1024))


class Desk(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.readers = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.readers.append(Reader(sock, self))

    def send(self, data):
        for reader in self.readers:
            reader.send(data)
        super().send(data)


Desk(7000)
asyncore.loop()
