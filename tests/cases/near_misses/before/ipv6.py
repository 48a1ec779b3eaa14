"""The first address of either family that can be had, found at run time."""
import asynchat
import asyncore
import socket


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
        for family, kind, _, _, address in socket.getaddrinfo(None, port, flags=socket.AI_PASSIVE):
            self.create_socket(family, kind)
            try:
                if family == socket.AF_INET6:
                    self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                self.bind(address)
            except OSError:
                self.close()
                continue
            break
        self.listen(5)

    def handle_accepted(self, sock, addr):
        print(socket.gethostbyaddr(addr[0]))
        Session(sock)

    def handle_error(self):
        print(self.socket.getsockname())
        raise


Server(7000)
asyncore.loop()
