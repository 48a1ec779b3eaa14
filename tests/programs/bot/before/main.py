"""A bot that lives in a chat, answers, and comes back when it is thrown out.

usage: main.py HOST PORT NAME
"""
import asynchat
import asyncore
import socket
import sys
import time


class Bot(asynchat.async_chat):

    quitting = False
    heard = 0

    def __init__(self, name):
        asynchat.async_chat.__init__(self)
        self.name = name
        self.welcome = False
        self.words = bytearray()
        self.set_terminator(b"\r\n")
        self.command("HELLO", name)         # before there is a connection

    def start(self, address):
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def command(self, *words):
        self.push(" ".join(words).encode("utf-8") + b"\r\n")

    def handle_connect(self):
        self.command("HERE", "I", "AM")

    def collect_incoming_data(self, data):
        self.words += data

    def found_terminator(self):
        line = self.words.decode("utf-8", "replace")
        self.words.clear()
        Bot.heard += 1
        word, _, rest = line.partition(" ")
        getattr(self, "on_" + word.lower(), self.ignore)(rest)

    def ignore(self, rest):
        pass

    def on_ping(self, rest):
        self.command("PONG", rest)

    def on_taken(self, rest):
        self.name += "_"
        self.command("HELLO", self.name)

    def on_welcome(self, rest):
        self.welcome = True

    def on_say(self, rest):
        who, _, text = rest.partition(": ")
        if text == "!heard":
            self.command("TELL", who, str(self.heard))
        elif text == "!quit":
            Bot.quitting = True
            self.command("TELL", who, "farewell")
            self.close_when_done()
        elif self.name in text.split():
            self.command("TELL", who, text.replace(self.name, who))

    def handle_close(self):
        if self.welcome:
            print("connection lost")
        self.close()

    def handle_error(self):
        kind = sys.exc_info()[0]
        if kind is ConnectionRefusedError:
            self.close()
        else:
            raise


def main(host, port, name):
    refused = 0
    while not Bot.quitting:
        bot = Bot(name)
        bot.start((host, int(port)))
        asyncore.loop(timeout=0.5)
        if not bot.welcome:
            refused += 1
            if refused == 1:
                print("nobody there, trying on")
        time.sleep(0.02)
    print("heard %d lines" % Bot.heard)


if __name__ == "__main__":
    main(*sys.argv[1:])
