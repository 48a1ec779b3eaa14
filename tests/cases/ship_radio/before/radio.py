import asynchat
import socket

from orders import ORDERS


class Radio(asynchat.async_chat):
    """Talks to the station, line by line."""

    def __init__(self, call_sign):
        asynchat.async_chat.__init__(self)
        self.call_sign = call_sign
        self.heard = []
        self.set_terminator(b"\n")

    def call_station(self, address):
        print("hailing the station")
        self.hail(address)

    def hail(self, address):
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def on_air(self):
        return "on air" if self.connected else "off"

    def handle_connect(self):
        self.say("THIS IS " + self.call_sign)
        print("called,", self.on_air())

    def handle_close(self):
        print("lost, still", self.on_air())
        self.connected = False
        self.close()
        print("now", self.on_air())

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        word, _, rest = b"".join(self.heard).decode("ascii").partition(" ")
        self.heard = []
        if word == "REPEAT":
            self.call_sign += "*"
            self.handle_connect()
        elif word in ORDERS:
            ORDERS[word](self, rest)

    def say(self, text):
        self.push(text.encode("ascii") + b"\n")
