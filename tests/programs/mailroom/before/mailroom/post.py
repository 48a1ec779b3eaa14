"""The protocol: who are you, then letters."""
from .linechannel import LineChannel
from .store import Locked


class PostChannel(LineChannel):

    greeting = "+OK post here"

    def __init__(self, sock, addr, store):
        LineChannel.__init__(self, sock, addr)
        self.store = store
        self.name = None
        self.letters = []
        self.state = "NAME"
        self.push(self.greeting)

    def line_received(self, line):
        word, _, argument = line.partition(" ")
        handler = getattr(self, "%s_%s" % (self.state, word.upper()), None)
        if handler is None:
            self.push("-ERR %s not now" % word)
            return
        try:
            answer = handler(argument)
        except (IndexError, ValueError):
            answer = "-ERR no such letter"
        if answer:
            self.push(answer)

    def letter(self, argument):
        number = int(argument)
        if number < 1 or self.letters[number - 1] is None:
            raise IndexError(number)
        return self.letters[number - 1]

    def NAME_NAME(self, argument):
        try:
            self.letters = self.store.open(argument)
        except Locked:
            return "-ERR somebody is at that box"
        self.name = argument
        self.state = "BOX"
        return "+OK %d letters" % len(self.letters)

    def NAME_QUIT(self, argument):
        self.push("+OK")
        self.close_when_done()

    def BOX_LIST(self, argument):
        self.push("+OK")
        for number, letter in enumerate(self.letters, 1):
            if letter is not None:
                self.push("%d %d" % (number, len(letter)))
        return "."

    def BOX_READ(self, argument):
        letter = self.letter(argument)
        self.push("+OK")
        for line in letter.split("\n"):
            self.push("." + line if line.startswith(".") else line)
        return "."

    def BOX_BURN(self, argument):
        self.letter(argument)
        self.letters[int(argument) - 1] = None
        return "+OK burnt"

    def BOX_WRITE(self, argument):
        self.receiver = argument
        self.text = []
        self.state = "TEXT"
        self.set_terminator(b"\r\n.\r\n")
        self.line_received = self.text_received
        return "+OK end with a dot"

    def text_received(self, text):
        self.store.deliver(self.receiver, text.replace("\r\n", "\n"))
        self.set_terminator(self.delimiter)
        del self.line_received
        self.state = "BOX"
        self.push("+OK delivered")

    def BOX_QUIT(self, argument):
        name, self.name = self.name, None
        self.store.release(name, self.letters)
        self.push("+OK %d left" % sum(letter is not None for letter in self.letters))
        self.close_when_done()

    def handle_close(self):
        if self.name is not None:
            self.store.release(self.name)       # nothing is burnt
            print("%s ran away" % self.name)
        self.close()
