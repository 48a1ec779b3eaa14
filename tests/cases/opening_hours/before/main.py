"""Two doors of one hall: whoever opens them sets up their sockets."""
import asyncore
import sys


class Visit(asyncore.dispatcher_with_send):
    def handle_read(self):
        data = self.recv(512)
        if data:
            self.send(data.upper())


class Door(asyncore.dispatcher):
    def __init__(self, name):
        asyncore.dispatcher.__init__(self)
        self.name = name
        self.count = 0

    def handle_accepted(self, sock, addr):
        self.count += 1
        print(self.name, "of", self.addr[0], "lets in visitor", self.count, flush=True)
        Visit(sock)
        if self.count == 2:
            print(self.name, "is shut", flush=True)
            self.close()


class Hatch(asyncore.dispatcher):
    """Looks who it is, and nothing else."""

    def handle_accept(self):
        conn, addr = self.accept()
        print("somebody from", addr[0], "is at the hatch", flush=True)


def main():
    front = Door("front")
    front.create_socket()
    front.set_reuse_addr()
    front.bind(("127.0.0.1", int(sys.argv[1])))
    front.listen(5)
    back = Door("back")
    back.create_socket()
    back.set_reuse_addr()
    print("opening in", front.socket.family.name, flush=True)
    back.bind(("127.0.0.1", int(sys.argv[2])))
    back.listen(1)
    hatch = Hatch()
    hatch.create_socket()
    hatch.set_reuse_addr()
    hatch.bind(("127.0.0.1", int(sys.argv[3])))
    hatch.listen(5)
    asyncore.loop()


if __name__ == "__main__":
    main()
