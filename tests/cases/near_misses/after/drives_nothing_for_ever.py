"""A loop without anything to drive, run again and again: somebody waits for Ctrl-C."""
from asyncore_bridge import asyncore


class Stage(asyncore.dispatcher):
    pass


stage = Stage()
while True:
    asyncore.loop()
