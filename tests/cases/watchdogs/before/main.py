"""A kennel that its keeper closes: a thread, which waits for a word from the keyboard."""

import asynchat
import asyncore
import socket
import sys
import threading


class Trick:
    """What a dog does rather than to say woof."""

    def __init__(self, say):
        self.say = say

    def run(self):
        self.say(b"sits\n")


class Fence:
    def __init__(self):
        self.is_shut = False

    def shut(self):
        self.is_shut = True


TRICKS = {b"sit": Trick}


class Dog(asynchat.async_chat):
    def __init__(self, sock, kennel):
        self.kennel = kennel
        self.heard = []
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        word = b"".join(self.heard)
        self.heard = []
        self.kennel.words += 1
        if word in TRICKS:
            TRICKS[word](self.push).run()
            return
        self.push(b"woof " + word + b"\n")
        if word == b"away":
            self.close_when_done()


class Kennel(asyncore.dispatcher):
    backlog = 5

    def __init__(self, address, dog=Dog):
        self.dog = dog
        self.words = 0
        self.fence = Fence()
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(address)
        self.listen(self.backlog)

    def serve_forever(self):
        asyncore.loop(0.1)

    def shut(self):
        print("shut after", self.words, "words", flush=True)
        self.handle_close()

    def handle_accept(self):
        sock, addr = self.accept()
        self.dog(sock, self)

    def handle_close(self):
        self.fence.shut()
        self.close()


class Keeper(threading.Thread):
    """Says how many words there were, until it is told to go home."""

    def __init__(self, kennel):
        threading.Thread.__init__(self)
        self.daemon = True
        self.kennel = kennel
        self.at_home = False

    def run(self):
        while not self.at_home:
            self._listen()
        self.kennel.shut()

    def _listen(self):
        line = sys.stdin.readline()
        if line == "home\n":
            self.at_home = True
        else:
            print(self.kennel.words, "words so far", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        kennel = Kennel((sys.argv[2], int(sys.argv[1])))
    else:
        kennel = Kennel(("127.0.0.1", int(sys.argv[1])))
    keeper = Keeper(kennel)
    keeper.start()
    kennel.serve_forever()
    print("good night", flush=True)
