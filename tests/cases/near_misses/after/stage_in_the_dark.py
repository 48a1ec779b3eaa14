"""Objects that seem to have no socket: one gets it from a constructor that is called once more."""
from asyncore_bridge import asyncore
import socket


class Stage(asyncore.dispatcher):
    def handle_read(self):
        print("somebody comes")


stage = Stage()
asyncore.dispatcher.__init__(stage, socket.create_connection(("127.0.0.1", 8000)))
asyncore.loop()
