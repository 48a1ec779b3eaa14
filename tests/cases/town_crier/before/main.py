"""A town crier: whoever is in town hears the news, and the mayor at a door of his own sends all home."""
import asynchat
import asyncore
import socket
import sys


class Citizen(asynchat.async_chat):
    count = 0

    def __init__(self, sock, home="the market"):
        asynchat.async_chat.__init__(self, sock)
        Citizen.count += 1
        self.number = Citizen.count
        self.home = home
        self.heard = []
        self.set_terminator(b"\n")
        for channel in asyncore.socket_map.values():
            if isinstance(channel, Citizen) and channel is not self:
                channel.push(b"%d comes\n" % self.number)

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        text = b"".join(self.heard)
        self.heard = []
        if text == b"who":
            here = [c.number for c in asyncore.socket_map.values() if isinstance(c, self.__class__)]
            self.push(", ".join(map(str, here)).encode("ascii") + b"\n")
        elif text == b"leave":
            self.push(b"farewell\n")
            self.close_when_done()
            print(len([c for c in asyncore.socket_map.values() if isinstance(c, Citizen)]), "until all is said")
        elif text:
            self.cry(text)

    def cry(self, news):
        for channel in list(self._map.values()):
            if not isinstance(channel, Citizen) or channel is self:
                continue
            channel.push(news + b"!\n")


class Mayor(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        order = b"".join(self.words)
        self.words = []
        if order == b"go home":
            print("all go home")
            asyncore.close_all()
        elif order == b"shut the gates":
            for channel in list(asyncore.socket_map.values()):
                if isinstance(channel, Gate):
                    channel.close()
            self.push(b"shut\n")
        else:
            there = len([c for c in asyncore.socket_map.values() if isinstance(c, Citizen) and c.number > 1])
            self.push(b"%d besides the first\n" % there)

    def handle_close(self):
        print("the mayor leaves")
        self.close()


class Gate(asyncore.dispatcher):
    def __init__(self, port, session):
        asyncore.dispatcher.__init__(self)
        self.session = session
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.session(sock)


Gate(int(sys.argv[1]), Citizen)
Gate(int(sys.argv[2]), Mayor)
asyncore.loop()
print("it is quiet after", Citizen.count)
