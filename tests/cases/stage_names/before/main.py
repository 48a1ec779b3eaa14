"""Actors known by several names: hooks are methods that have another name, too."""
import asynchat
import asyncore
import socket
import sys


class Actor(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\n")
        self.heard = []

    collect_incoming_data = lambda self, data: self.heard.append(data)

    def found_terminator(self):
        cue = b"".join(self.heard).decode("ascii")
        self.heard = []
        getattr(self, "play_" + cue, self.play_nothing)()

    def play_bow(self):
        self.push(b"bows\n")

    play_curtsey = play_bow

    def play_nothing(self):
        self.push(b"looks around\n")

    def leave(self):
        """Off stage."""
        print("exit, pursued by a bear")
        self.close()

    handle_close = leave  # whoever else may want that
    handle_expt = leave
    play_exit = leave


class Stage(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Actor(sock)

    def handle_close(self):
        self.close()

    handle_expt = handle_close


Stage(int(sys.argv[1]))
asyncore.loop()
