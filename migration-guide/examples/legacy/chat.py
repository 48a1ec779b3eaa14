"""A chat server as it was written for asynchat: nothing in this file knows of asyncio."""

import asynchat
import asyncore
import socket


class Room:
    """Whoever has a push() may be in it."""

    def __init__(self):
        self.members = {}

    def enter(self, member, name):
        self.members[member] = name
        self.say('%s is here' % name)

    def leave(self, member):
        name = self.members.pop(member, None)
        if name is not None:
            self.say('%s is gone' % name)

    def say(self, text):
        line = text.encode('utf-8') + b'\r\n'
        for member in list(self.members):
            member.push(line)


class ChatSession(asynchat.async_chat):

    def __init__(self, sock, room):
        asynchat.async_chat.__init__(self, sock)
        self.room = room
        self.name = None
        self.set_terminator(b'\r\n')
        self.push(b'your name?\r\n')

    def collect_incoming_data(self, data):
        self._collect_incoming_data(data)

    def found_terminator(self):
        line = self._get_data().decode('utf-8', 'replace')
        if self.name is None:
            self.name = line
            self.room.enter(self, line)
        elif line == '/quit':
            self.push(b'bye\r\n')
            self.close_when_done()
        else:
            self.room.say('%s: %s' % (self.name, line))

    def handle_close(self):
        self.close()
        self.room.leave(self)


class ChatServer(asyncore.dispatcher):

    def __init__(self, host, port, room):
        asyncore.dispatcher.__init__(self)
        self.room = room
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind((host, port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        ChatSession(sock, self.room)


if __name__ == '__main__':
    ChatServer('127.0.0.1', 4000, Room())
    asyncore.loop()
