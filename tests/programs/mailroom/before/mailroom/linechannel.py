"""What all line protocols here have in common."""
from asynchat import async_chat


class LineChannel(async_chat):
    """Calls line_received() with each line as text."""

    encoding = "utf-8"
    delimiter = b"\r\n"

    def __init__(self, sock, addr):
        async_chat.__init__(self, sock)
        self.peer = addr
        self._pieces = []
        self.set_terminator(self.delimiter)

    def collect_incoming_data(self, data):
        self._pieces.append(data)

    def found_terminator(self):
        pieces, self._pieces = self._pieces, []
        self.line_received(b"".join(pieces).decode(self.encoding, "replace"))

    def push(self, text):
        """Send a line, or bytes as they are."""
        if isinstance(text, str):
            text = text.encode(self.encoding) + self.delimiter
        async_chat.push(self, text)

    def line_received(self, line):
        raise NotImplementedError
