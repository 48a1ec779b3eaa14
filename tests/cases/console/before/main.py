import asyncore
import sys

from console import Console


class ConsoleServer(asyncore.dispatcher):

    channel = Console

    def __init__(self, port, limit):
        asyncore.dispatcher.__init__(self)
        self.sent = 0
        self.limit = limit
        self.made = 0
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        if self.made >= self.limit:
            sock.sendall(b"full\r\n")
            sock.close()
            return
        self.made += 1
        self.channel(sock, self, prompt="> ")


def main(port):
    server = ConsoleServer(port, 3)
    asyncore.loop(timeout=2, use_poll=True)
    print("sent", server.sent)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
