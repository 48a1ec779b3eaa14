"""Bells that are rung over the network, by a thread of their own, while the sexton sits at the keyboard."""
import asynchat
import asyncore
import socket
import sys
import threading


class Rope(asynchat.async_chat):
    def __init__(self, sock, tower):
        asynchat.async_chat.__init__(self, sock)
        self.tower = tower
        self.word = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.word += data

    def found_terminator(self):
        word, self.word = self.word, b""
        self.tower.rung += 1
        self.push(b"%s %d\n" % (word, self.tower.rung))


class Tower(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.rung = 0
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Rope(sock, self)


class Ringing(threading.Thread):
    """Serves the tower until it is told to stop."""

    def __init__(self, port):
        super().__init__(name="ringing")
        self.tower = Tower(port)
        self.done = threading.Event()

    def run(self):
        while not self.done.is_set():
            asyncore.loop(timeout=0.1, count=1)
        # whoever still holds a rope lets go
        asyncore.close_all()

    def stop(self):
        """Wait until the bells are still, and lock up."""
        self.done.set()
        self.join()
        self.tower.close()


def main():
    ringing = Ringing(int(sys.argv[1]))
    ringing.start()
    print("open")
    for line in sys.stdin:
        if line.strip() == "close":
            break
        print("sexton:", line.strip())
    ringing.stop()
    print("rung", ringing.tower.rung)


main()
