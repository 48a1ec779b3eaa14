"""A reading room: readers copy pages, and are told when it is locked up, by Ctrl-C or a signal. Nobody is cut off."""
import asynchat
import asyncore
import signal
import sys


class Bell(Exception):
    """The warden rings."""


class Reader(asynchat.async_chat):
    def __init__(self, sock, room):
        asynchat.async_chat.__init__(self, sock)
        self.room = room
        self.page = []
        self.set_terminator(b"\n")
        room.readers.append(self)
        self.push(b"welcome\n")

    def collect_incoming_data(self, data):
        self.page.append(data)

    def found_terminator(self):
        page = b"".join(self.page)
        self.page = []
        if page.isdigit():
            self.push(b"x" * int(page) + b"\n")
        else:
            self.push(b"copied " + page + b"\n")

    def handle_close(self):
        print("a reader leaves")
        self.room.readers.remove(self)
        self.close()


class Room(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.readers = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Reader(sock, self)

    def lock_up(self):
        """Let nobody in, and have the readers finish."""
        self.close()
        for reader in self.readers:
            reader.push(b"we are closing\n")
            reader.close_when_done()
        asyncore.loop()


def ring(number, frame):
    print("the bell rings")
    raise Bell


def main():
    room = Room(int(sys.argv[1]))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ring)
    try:
        asyncore.loop()
    except Bell:
        room.lock_up()
    except KeyboardInterrupt:
        print("after this page")
        room.close()
        # whoever is in may stay
        try:
            asyncore.loop(timeout=5)
        except KeyboardInterrupt:
            print("out with you")
    print(len(room.readers), "readers left")


if __name__ == "__main__":
    main()
