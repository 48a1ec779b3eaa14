"""What is said at the desk (TCP) goes to everybody who listens (UDP); only the last word counts."""
import asynchat
import asyncore
import socket
import struct
import sys


class Loudspeaker(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.listeners = []
        self.words = b""
        self.create_socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", port))
        self.say(b"testing")

    def say(self, words):
        self.words = words

    def handle_read(self):
        words, listener = self.socket.recvfrom(512)
        if words == b"fail":
            self.words = "no bytes"
        elif listener not in self.listeners:
            self.listeners.append(listener)
            self.words = b"%d listen" % len(self.listeners)

    def writable(self):
        return len(self.words) > 0

    def handle_write(self):
        for listener in self.listeners:
            self.socket.sendto(struct.pack("!H", len(self.words)) + self.words, listener)
        self.words = b""

    def handle_error(self):
        print("out of order:", sys.exc_info()[0].__name__)
        self.close()


class Speaker(asynchat.async_chat):
    def __init__(self, sock, desk):
        asynchat.async_chat.__init__(self, sock)
        self.desk = desk
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        words = b"".join(self.words)
        self.words = []
        if words == b"good night":
            self.desk.close()
            self.close()
        else:
            self.desk.loudspeaker.say(b"unheard")
            self.desk.loudspeaker.say(words)
            self.push(b"said\n")


class Desk(asyncore.dispatcher):
    def __init__(self, port, loudspeaker):
        asyncore.dispatcher.__init__(self)
        self.loudspeaker = loudspeaker
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Speaker(sock, self)


def main():
    loudspeaker = Loudspeaker(int(sys.argv[2]))
    Desk(int(sys.argv[1]), loudspeaker)
    print("on")
    asyncore.loop()


if __name__ == "__main__":
    main()
