"""Nobody imports this by its name."""


def behave(visitor, words):
    visitor.push(b"out!\n")
    visitor.close()
