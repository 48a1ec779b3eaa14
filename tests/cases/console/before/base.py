"""What all line based services share."""
import asynchat


class LineChannel(asynchat.async_chat):

    newline = b"\r\n"

    def __init__(self, conn, server):
        asynchat.async_chat.__init__(self, conn)
        self.server = server
        self.peer = conn.getpeername()[0]
        self._line = bytearray()
        self.set_terminator(self.newline)

    def collect_incoming_data(self, data):
        self._line.extend(data)

    def push(self, data):
        """Count what goes out."""
        self.server.sent += len(data)
        asynchat.async_chat.push(self, data)

    def reply(self, text):
        self.push(text.encode("ascii", "replace") + self.newline)
