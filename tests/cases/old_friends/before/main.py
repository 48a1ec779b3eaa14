"""Friends are remembered as long as they are there: nothing but their connection holds them."""

import asynchat
import asyncore
import sys
import weakref


class Friend(asynchat.async_chat):
    by_name = weakref.WeakValueDictionary()

    def __init__(self, sock, addr):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.heard = []
        self.name = "somebody"

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        verb, _, rest = b"".join(self.heard).decode().partition(" ")
        self.heard = []
        if verb == "name":
            self.name = rest
            self.by_name[rest] = self
        elif verb == "greet" and rest in self.by_name:
            self.by_name[rest].push(b"%s greets you\n" % self.name.encode())
        elif verb == "bye":
            self.close_when_done()
        self.push(b"%s\n" % ", ".join(sorted(self.by_name)).encode())

    def __del__(self):
        print("forgotten:", self.name)


class Notice(asynchat.async_chat):
    """Says what there is to say, and is gone."""

    def __init__(self, sock, addr):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(None)
        self.push(b"friends: %d\n" % len(Friend.by_name))
        self.close_when_done()

    def collect_incoming_data(self, data):
        pass

    def __del__(self):
        print("taken down")


class House(asyncore.dispatcher):
    def __init__(self, port, channel):
        asyncore.dispatcher.__init__(self)
        self.channel = channel
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.channel(sock, addr)


if __name__ == "__main__":
    House(int(sys.argv[1]), Friend)
    House(int(sys.argv[2]), Notice)
    asyncore.loop()
