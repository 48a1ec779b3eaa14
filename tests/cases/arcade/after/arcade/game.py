"""A game: its players move when they like, and hear of each other's moves once in a frame."""
import asyncio
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
        self.server.woken.set()

    def handle_close(self):
        self.close()
        self.server.left(self)


class Game:
    channel_class = Player

    def __init__(self, address, channel_class=None):
        if channel_class:
            self.channel_class = channel_class
        self.players = []
        self.count = 0
        self.running = True
        self.socket = socket.create_server(address, backlog=5)

    async def serve_forever(self):
        """Serve until close() is called and the last connection has ended."""
        self.server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        try:
            await self.server.wait_closed()
        finally:
            self.server.close()

    def close(self):
        self.server.close()

    async def handle_accept(self, reader, writer):
        addr = writer.get_extra_info("peername")
        player = self.channel_class(reader, writer, addr, self)
        self.count += 1
        player.number = self.count
        player.say("you are %d" % player.number)
        self.tell("%d is here" % player.number)
        self.players.append(player)
        await player.run()

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

    async def play(self):
        self.woken = asyncio.Event()
        serving = asyncio.create_task(self.serve_forever())
        while self.running:
            await pause(0.02, self.woken)
            self.frame()
        for player in self.players:
            player.close()
        self.close()
        serving.cancel()


async def pause(seconds, event):
    """Sleep, but no longer than until *event* is set."""
    event.clear()
    timer = asyncio.get_running_loop().call_later(seconds, event.set)
    await event.wait()
    timer.cancel()
