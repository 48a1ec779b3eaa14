"""The maid, who sees people out."""


class Maid:
    def attend(self, visitor, words):
        visitor.push(words.upper().encode() + b", very well\n")
        if words == "goodbye":
            visitor.close_when_done()
