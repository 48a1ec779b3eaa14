"""Visitors ask; every question is a connection of its own to the archive, and the news come over one that lasts."""
import asynchat
import asyncore
import socket
import sys


class Lines(asynchat.async_chat):
    """Dials, and hears lines."""

    def __init__(self, port):
        asynchat.async_chat.__init__(self)
        self.line = []
        self.set_terminator(b"\n")
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def collect_incoming_data(self, data):
        self.line.append(data)

    def found_terminator(self):
        line = b"".join(self.line)
        self.line = []
        self.heard(line)


class News(Lines):
    def __init__(self, port, desk):
        Lines.__init__(self, port)
        self.desk = desk
        self.push(b"news\n")

    def heard(self, line):
        self.desk.tell(b"news: " + line + b"\n")

    def handle_close(self):
        self.desk.tell(b"no more news\n")
        self.desk.news = None
        self.close()


class Question(Lines):
    def __init__(self, port, visitor, text):
        Lines.__init__(self, port)
        self.visitor = visitor
        self.answered = 0
        self.push(text + b"\n")

    def heard(self, line):
        self.answered += 1
        self.visitor.tell(b"answer: " + line + b"\n")

    def handle_close(self):
        self.close()
        self.visitor.done(self.answered)


class Visitor(asynchat.async_chat):
    def __init__(self, sock, desk):
        asynchat.async_chat.__init__(self, sock)
        self.desk = desk
        self.open = []
        self.line = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.line.append(data)

    def found_terminator(self):
        line = b"".join(self.line)
        self.line = []
        if line == b"bye":
            self.close_when_done()
        elif line.startswith(b"post "):
            if self.desk.news is None:
                self.tell(b"nowhere to post to\n")
            else:
                self.desk.news.push(line[5:] + b"\n")
        else:
            self.open.append(self.desk.ask(self, line))
            self.tell(b"asking %s, %d open\n" % (line, len(self.open)))

    def tell(self, text):
        self.push(text)

    def done(self, answers):
        self.open.pop()
        self.push(b"%d answers, %d open\n" % (answers, len(self.open)))

    def handle_close(self):
        self.desk.visitors.remove(self)
        self.close()


class Desk(asyncore.dispatcher):
    def __init__(self, port, archive):
        asyncore.dispatcher.__init__(self)
        self.archive = archive
        self.visitors = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)
        self.news = News(archive, self)

    def handle_accepted(self, sock, addr):
        self.visitors.append(Visitor(sock, self))

    def ask(self, visitor, text):
        return Question(self.archive, visitor, text)

    def tell(self, text):
        for visitor in self.visitors:
            visitor.tell(text)


def main():
    Desk(int(sys.argv[1]), int(sys.argv[2]))
    try:
        asyncore.loop()
    except KeyboardInterrupt:
        print("closed for today")


if __name__ == "__main__":
    main()
