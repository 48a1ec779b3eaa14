import sys


class Stage:
    """There is nothing on it yet."""

    def __init__(self, name):
        self.name = name


class Curtain(Stage):
    def rise(self):
        print("the curtain rises on", self.name, *sys.argv[1:])


curtain = Curtain("nothing")
curtain.rise()
print("the end")