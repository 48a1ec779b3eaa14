"""A shop with branches, and an office that opens more of them while it runs."""
import asynchat, asyncore, sys


class Session(asynchat.async_chat):
    def __init__(self, sock, server):
        asynchat.async_chat.__init__(self, sock)
        self.server = server
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        self.push(self.server.answer(line) + b"\n")


class Admin(Session):
    def found_terminator(self):
        line = b"".join(self.data)
        self.data = []
        if line.startswith(b"open "):
            self.server.app.serve(int(line[5:]))
        elif line == b"close":
            self.server.app.servers[-1].close()
        elif line == b"shut":
            self.server.close()
        self.push(b"%d\n" % len(self.server.app.servers))


class Server(asyncore.dispatcher):
    handler = Session

    def __init__(self, port, app):
        asyncore.dispatcher.__init__(self)
        self.app = app
        self.number = len(app.servers)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def answer(self, line):
        return b"%d: %s" % (self.number, line)

    def handle_accepted(self, sock, addr):
        self.handler(sock, self)


class AdminServer(Server):
    handler = Admin

    def close(self):
        print("the office is shut", flush=True)
        Server.close(self)


class Kiosk(Server):
    def close(self):
        asyncore.dispatcher.close(self)
        print("kiosk", self.number, "too", flush=True)
        self.app.servers.remove(self)


class App:
    def __init__(self, ports):
        self.servers = []
        self.admin = AdminServer(ports[0], self)
        for port in ports[1:]:
            self.serve(port)

    def serve(self, port):
        self.servers.append(Kiosk(port, self))

    def go(self):
        try:
            asyncore.loop(timeout=1)
        except KeyboardInterrupt:
            print("stopped")


def main():
    App([int(port) for port in sys.argv[1:3]]).go()


if __name__ == "__main__":
    main()
