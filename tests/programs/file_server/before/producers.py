"""Producers: asked with more() whenever there is room; an empty answer ends them."""


class SectionProducer:
    """A large made-up file, a block at a time."""

    def __init__(self, size, block, log):
        self.left = size
        self.block = block
        self.log = log
        self.number = 0

    def more(self):
        size = min(self.left, self.block)
        self.left -= size
        self.log["produced"] += size
        self.number += 1
        return b"%c" % (64 + self.number % 26) * size


class LinesProducer:
    """An iterator of lines; a line may be empty, which is not the end."""

    def __init__(self, lines):
        self.lines = iter(lines)

    def more(self):
        for line in self.lines:
            if line:
                return line
        return b""


class ChunkedProducer:
    """Another producer's output in chunks with their sizes in front."""

    def __init__(self, inner):
        self.inner = inner

    def more(self):
        if self.inner is None:
            return b""
        data = self.inner.more()
        if not data:
            self.inner = None
            return b"0;"
        return b"%d;" % len(data) + data


class Afterwards:
    """Sends nothing: calls a function when everything before it has gone out."""

    def __init__(self, function, *args):
        self.function = function
        self.args = args

    def more(self):
        if self.function is not None:
            function, self.function = self.function, None
            function(*self.args)
        return b""


class BrokenProducer:

    def more(self):
        raise OSError("disk on fire")
