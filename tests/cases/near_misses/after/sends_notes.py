"""What is sent may be bytes, and to whom cannot be seen: a session is not excluded, and sends past its queue then."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Pupil(asynchat.async_chat):
    def __init__(self, sock, desks):
        asynchat.async_chat.__init__(self, sock)
        self.desks = desks
        self.note = b""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.note += data

    def found_terminator(self):
        desk, _, note = self.note.partition(b" ")
        self.note = b""
        self.desks[desk].send(note)


class School(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.desks = {}
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.desks[b"%d" % len(self.desks)] = Pupil(sock, self.desks)


School(7000)
asyncore.loop()
