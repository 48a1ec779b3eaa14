"""A notice board: readers have a queue each, the desk answers in text, and an errand is run elsewhere."""
import asyncore
import collections
import errno
import queue
import socket
import sys


class Reader(asyncore.dispatcher):
    def __init__(self, board, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.board = board
        self.partial = b""
        self.letters = queue.Queue()

    def tell(self, letter):
        self.letters.put(letter)

    def writable(self):
        return not self.letters.empty()

    def handle_read(self):
        self.partial += self.recv(1024)
        while b"\n" in self.partial:
            line, self.partial = self.partial.split(b"\n", 1)
            self.board.pin(self, line + b"\n")

    def handle_write(self):
        letter = self.letters.get()
        self.send(letter)

    def handle_close(self):
        self.close()
        self.board.readers.remove(self)


class Board(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.readers = []
        self.notices = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        """A reader comes."""
        try:
            pair = self.accept()
        except socket.error as error:
            # gone before it was asked in
            if error.args[0] not in (errno.ECONNABORTED, errno.EAGAIN):
                raise
        else:
            if pair is not None:
                sock, addr = pair
                self.readers.append(Reader(self, sock))
                print("%d reading" % len(self.readers), flush=True)

    def pin(self, author, notice):
        self.notices.append(notice.decode())
        for reader in self.readers:
            if reader is not author:
                reader.tell(notice)


class Enquiry(asyncore.dispatcher):
    """Answers in text, and may be told to end."""

    def __init__(self, sock, board):
        asyncore.dispatcher.__init__(self, sock)
        self.board = board
        self.asked = ""
        self.answer = ""
        self.ending = False

    def handle_read(self):
        self.asked += self.recv(1024).decode("ascii")
        while "\n" in self.asked:
            line, self.asked = self.asked.split("\n", 1)
            if line == "list":
                self.answer += "".join(self.board.notices) or "nothing\n"
            elif line == "bye":
                self.answer += "farewell\n"
                self.ending = True

    def writable(self):
        return self.answer != "" or self.ending

    def handle_write(self):
        try:
            sent = self.send(self.answer.encode("utf-8"))
        except socket.error:
            self.close()
        else:
            self.answer = self.answer[sent:]
        if self.ending and not self.answer:
            self.close()


class Desk(asyncore.dispatcher):
    def __init__(self, port, board):
        asyncore.dispatcher.__init__(self)
        self.board = board
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        if "shut\n" in self.board.notices:
            raise PermissionError("the desk is shut")
        Enquiry(sock, self.board)

    def handle_error(self):
        print("turned away:", sys.exc_info()[1], flush=True)


class Errand(asyncore.dispatcher):
    """Asks one thing after the other; whatever comes behind the last answer, it has left."""

    def __init__(self, port, questions):
        asyncore.dispatcher.__init__(self)
        self.questions = collections.deque(questions)
        self.heard = ""
        self.to_ask = "good day\n"
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def handle_read(self):
        self.heard += self.recv(512).decode()
        while "\n" in self.heard:
            line, self.heard = self.heard.split("\n", 1)
            print("heard", line, flush=True)
            if not self.questions:
                self.close()
                return
            self.to_ask += self.questions.popleft() + "\n"

    def writable(self):
        return len(self.to_ask) > 0

    def handle_write(self):
        sent = self.send(self.to_ask.encode())
        self.to_ask = self.to_ask[sent:]

    def handle_close(self):
        self.close()


board = Board(int(sys.argv[1]))
desk = Desk(int(sys.argv[2]), board)
errand = Errand(int(sys.argv[3]), ["how much", "what for"])
asyncore.loop()
