"""A game: its players move when they like, and hear of each other's moves once in a frame."""
import asyncore
import socket

from arcade.channel import Channel


class Player(Channel):
    number = 0
    place = "nowhere"
    moved = False

    def do_go(self, rest):
        self.place = rest
        self.moved = True

    def do_shout(self, rest):
        self.server.tell("%d shouts %s" % (self.number, rest))

    def do_end(self, rest):
        self.server.running = False

    def handle_close(self):
        self.close()
        self.server.left(self)


class Game(asyncore.dispatcher):
    channel_class = Player

    def __init__(self, address, channel_class=None):
        asyncore.dispatcher.__init__(self)
        if channel_class:
            self.channel_class = channel_class
        self.players = []
        self.count = 0
        self.running = True
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(address)
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is None:
            return
        conn, addr = pair
        player = self.channel_class(conn, addr, self)
        self.count += 1
        player.number = self.count
        player.say("you are %d" % player.number)
        self.tell("%d is here" % player.number)
        self.players.append(player)

    def left(self, player):
        if player in self.players:
            self.players.remove(player)
            self.tell("%d has gone" % player.number)

    def tell(self, text):
        for player in self.players:
            player.say(text)

    def frame(self):
        for player in self.players:
            if player.moved:
                player.moved = False
                self.tell("%d is %s" % (player.number, player.place))

    def play(self):
        while self.running:
            asyncore.loop(timeout=0.02, count=1)
            self.frame()
        for player in self.players:
            player.close()
        self.close()
