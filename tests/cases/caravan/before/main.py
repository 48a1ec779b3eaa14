"""Visit one place after the other: the next one when the last has said good bye."""
import asyncore
import socket
import sys

trail = []


class Visit(asyncore.dispatcher):
    def __init__(self, ports):
        asyncore.dispatcher.__init__(self)
        self.ports = ports
        self.heard = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", ports[0]))

    def handle_connect(self):
        print("at", len(self.ports))

    def writable(self):
        return not self.connected

    def handle_write(self):
        pass

    def handle_read(self):
        self.heard += self.recv(1000)

    def handle_close(self):
        self.close()
        word, colon, rest = self.heard.partition(b":")
        trail.append(rest[0])
        go_on(self.ports[1:])


def go_on(ports):
    if ports:
        Visit(ports)
    else:
        print("home")


def main(ports):
    go_on(ports)
    asyncore.loop()
    print(trail)
    return len(trail)


if __name__ == "__main__":
    sys.exit(main([int(port) for port in sys.argv[1:]]))
