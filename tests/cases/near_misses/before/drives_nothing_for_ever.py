"""A loop without anything to drive, run again and again: somebody waits for Ctrl-C."""
import asyncore


class Stage(asyncore.dispatcher):
    pass


stage = Stage()
while True:
    asyncore.loop()
