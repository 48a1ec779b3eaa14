import asyncore
import socket
import sys


class Station(asyncore.dispatcher):
    """Answers each question with a number."""

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))

    def writable(self):
        return False

    def handle_read(self):
        question, addr = self.socket.recvfrom(4096)
        self.socket.sendto(b"%d" % self.measure(question), addr)

    def measure(self, question):
        raise NotImplementedError


class Thermometer(Station):
    """Goes on after an error."""

    def measure(self, question):
        return int(question) * 2

    def handle_error(self):
        print("broken", sys.exc_info()[0].__name__, flush=True)


class Barometer(Station):
    """Ends with an error, and says so."""

    def measure(self, question):
        return int(question) + 1000

    def handle_close(self):
        print("closed", flush=True)
        self.close()


class Hygrometer(Station):
    """Ends with an error."""

    def measure(self, question):
        return int(question) % 100


if __name__ == "__main__":
    Thermometer(int(sys.argv[1]))
    Barometer(int(sys.argv[2]))
    Hygrometer(int(sys.argv[3]))
    print("ready", flush=True)
    asyncore.loop()
