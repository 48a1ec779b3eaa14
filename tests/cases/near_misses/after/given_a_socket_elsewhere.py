"""An object that seems to have no socket, but goes through a function that may give it one."""
from asyncore_bridge import asyncore
import socket


class Stage(asyncore.dispatcher):
    def handle_accept(self):
        print("somebody comes")


def open_to_all(anything):
    anything.set_socket(socket.create_server(("127.0.0.1", 8000)))


open_to_all(Stage())
asyncore.loop()
