"""Whoever has left the table is still in the room, and hears of it."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore


class Table:
    def __init__(self):
        self.seats = {}

    def leave(self, name):
        self.seats.pop(name, None)


class Player(asynchat.async_chat):
    def __init__(self, sock, room):
        asynchat.async_chat.__init__(self, sock)
        self.room = room
        self.name = None
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        words = b"".join(self.words)
        self.words = []
        if words == b"bye":
            self.close_when_done()
        else:
            self.name = words
            self.room.table.seats[words] = self

    def handle_close(self):
        self.room.table.leave(self.name)
        self.room.tell(b"one less\n")
        self.room.players.remove(self)
        self.close()


class Room(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.table = Table()
        self.players = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.players.append(Player(sock, self))

    def tell(self, words):
        for player in list(self.players):
            player.push(words)


Room(7000)
asyncore.loop()
