"""The butler, who sends for the maid."""
from maid import Maid


class Butler:
    def __init__(self):
        self.maid = Maid()

    def answer(self, visitor, words):
        if words:
            self.maid.attend(visitor, words)
        else:
            visitor.push(b"Sir?\n")
