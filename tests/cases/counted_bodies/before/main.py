"""A store of notes: a head up to a blank line says how long the note is that follows."""
import asynchat
import asyncore
import io
import socket
import sys


class NoteChannel(asynchat.async_chat):

    def __init__(self, notes, sock):
        super().__init__(sock)
        self.notes = notes
        self.buffer = io.BytesIO()
        self.expect_head()

    def expect_head(self):
        self.title = None
        self.set_terminator(b"\n\n")

    def collect_incoming_data(self, data):
        self.buffer.write(data)

    def found_terminator(self):
        data = self.buffer.getvalue()
        self.buffer = io.BytesIO()
        if self.title is None:
            verb, _, rest = data.partition(b" ")
            if verb == b"put":
                self.title, _, size = rest.partition(b" ")
                self.set_terminator(int(size))
            else:
                self.push(self.notes.get(rest, b"nothing") + b"\n")
                self.expect_head()
        else:
            self.notes[self.title] = data
            self.push(b"kept %d\n" % len(data))
            self.expect_head()


class NoteServer(asyncore.dispatcher):

    def __init__(self, address):
        super().__init__()
        self.notes = {}
        self.create_socket()
        self.set_reuse_addr()
        self.bind(address)
        self.listen(10)

    def handle_accept(self):
        pair = self.accept()
        if pair is None:
            return
        NoteChannel(self.notes, pair[0])


NoteServer(("127.0.0.1", int(sys.argv[1])))
asyncore.loop(timeout=10)
