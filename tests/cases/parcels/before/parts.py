"""What a parcel consists of: each part knows which one comes next, and where it ends."""


class Part:
    def __init__(self, channel):
        self.channel = channel
        self.pieces = []

    def feed(self, data):
        self.pieces.append(data)

    def text(self):
        return b"".join(self.pieces)


class Label(Part):
    def done(self):
        size = int(self.text())
        self.channel.begin(Contents(self.channel), size)
        self.channel.push(b"send %d\n" % size)


class Contents(Part):
    def done(self):
        self.channel.push(b"got " + self.text() + b"\n")
        self.channel.begin(Label(self.channel), b"\n")

    def missing(self):
        return self.channel.get_terminator()
