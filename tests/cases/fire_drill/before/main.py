"""A house that is left when the alarm rings: a signal, whose handler is a method that raises SystemExit."""
import asynchat
import asyncore
import signal
import sys


class Talk:
    end = "\n"

    def begin(self):
        self.__words = []
        self.set_terminator(self.end.encode("ascii"))

    def collect_incoming_data(self, data):
        self.__words.append(data)

    def found_terminator(self):
        words = b"".join(self.__words)
        self.__words = []
        self.hear(words)


class Guest(Talk, asynchat.async_chat):
    def __init__(self, house, sock, addr):
        asynchat.async_chat.__init__(self, sock)
        self.begin()
        self.__house = house
        self.__sock = sock
        self.__peer = sock.getpeername()

    def hear(self, words):
        self.__house.heard += 1
        self.push(b"%s, guest of %s\n" % (words, self.__peer[0].encode()))

    def handle_close(self):
        print("a guest has left", flush=True)
        self.close()


class House(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.heard = 0
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Guest(self, sock, addr)

    def handle_expt(self):
        self.handle_error()

    def ring(self, number, frame):
        print("everybody out")
        raise SystemExit("fire")


def main():
    house = House(int(sys.argv[1]))
    signal.signal(signal.SIGTERM, house.ring)
    try:
        asyncore.loop()
    except SystemExit as alarm:
        print(alarm, "after", house.heard)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
