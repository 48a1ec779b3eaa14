#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Talk to everybody who is here.

Log in with your name; then every line goes to all others, except
    /msg NAME TEXT   only to NAME
    /who             who is here
    /nick NAME       be called otherwise
    /quit            leave
"""
from asyncore import dispatcher
from asynchat import async_chat
import asyncore
import socket
import sys

PORT = 5005


class ChatSession(async_chat):

    def __init__(self, server, sock):
        async_chat.__init__(self, sock)
        self.server = server
        self.name = None
        self.data = []
        self.set_terminator(b"\n")
        self.say("what is your name?")

    def say(self, text):
        self.push(text.encode("utf-8") + b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        line = b"".join(self.data).decode("utf-8", "ignore").rstrip("\r")
        self.data = []
        if self.name is None:
            self.login(line.strip())
        elif line.startswith("/"):
            self.command(*line[1:].split(" ", 2))
        elif line.strip():
            self.server.broadcast("%s: %s" % (self.name, line), self)

    def login(self, name):
        if not name or " " in name:
            self.say("that is no name")
        elif name in self.server.sessions:
            self.say("%s is here already" % name)
        else:
            self.name = name
            self.server.broadcast("* %s has come" % name)
            self.server.sessions[name] = self
            self.say("hello %s, we are %d" % (name, len(self.server.sessions)))

    def command(self, word, *args):
        if word == "who":
            self.say(", ".join(sorted(self.server.sessions)))
        elif word == "msg" and len(args) == 2:
            name, text = args
            if name in self.server.sessions:
                self.server.sessions[name].say("%s whispers: %s" % (self.name, text))
            else:
                self.say("no %s here" % name)
        elif word == "nick" and len(args) == 1:
            new, old = args[0], self.name
            if new in self.server.sessions:
                self.say("%s is here already" % new)
                return
            del self.server.sessions[old]
            self.server.sessions[new] = self
            self.name = new
            self.server.broadcast("* %s is now %s" % (old, new))
        elif word == "quit":
            self.say("good bye")
            self.close_when_done()
        else:
            self.say("what?")

    def handle_close(self):
        async_chat.handle_close(self)
        if self.name is not None and self.server.sessions.get(self.name) is self:
            del self.server.sessions[self.name]
            self.server.broadcast("* %s has left" % self.name)


class ChatServer(dispatcher):

    def __init__(self, port):
        dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("", port))
        self.listen(5)
        self.sessions = {}

    def handle_accept(self):
        conn, addr = self.accept()
        ChatSession(self, conn)

    def broadcast(self, line, but=None):
        for session in list(self.sessions.values()):
            if session is not but:
                session.say(line)


if __name__ == "__main__":
    server = ChatServer(int(sys.argv[1]) if len(sys.argv) > 1 else PORT)
    try:
        asyncore.loop()
    except KeyboardInterrupt:
        print("closed with %d inside" % len(server.sessions))
