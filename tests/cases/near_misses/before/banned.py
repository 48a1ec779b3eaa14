"""Turns connections away, and is asked by nobody whether it wants to: the list is read anew by readable()."""
import asynchat
import asyncore


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(line)


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)
        self.banned = []

    def handle_accept(self):
        sock, addr = self.accept()
        if addr[0] in self.banned:
            sock.close()
            return
        Session(sock)

    def readable(self):
        with open("banned") as names:
            self.banned = names.read().split()
        return True


Server(7000)
asyncore.loop()
