import asyncore
import sys
from asyncore import dispatcher


class Stage(dispatcher):
    """There is nothing on it yet."""

    def __init__(self, name):
        dispatcher.__init__(self)
        self.name = name


class Curtain(Stage):
    def rise(self):
        print("the curtain rises on", self.name, *sys.argv[1:])


curtain = Curtain("nothing")
curtain.rise()
asyncore.loop()
print("the end")
asyncore.loop(timeout=1)