"""A fair's loudspeaker: everybody may speak; a frame passes what was said on, and a caller runs the frames."""
import asynchat
import asyncore
import json
import socket
import sys
from time import sleep


class Channel(asynchat.async_chat):
    end = b"\n"

    def __init__(self, conn=None, addr=(), server=None, map=None):
        asynchat.async_chat.__init__(self, conn, map)
        self.addr = addr
        self.server = server
        self.received = b""
        self.waiting = []
        self.set_terminator(self.end)

    def collect_incoming_data(self, data):
        self.received += data

    def found_terminator(self):
        message = json.loads(self.received.decode())
        self.received = b""
        for name in ("on_" + message["action"], "on_anything"):
            if hasattr(self, name):
                getattr(self, name)(message)
                break

    def pump(self):
        for data in self.waiting:
            self.push(data)
        self.waiting = []

    def send_message(self, message):
        self.waiting.append(json.dumps(message).encode() + self.end)


class Visitor(Channel):
    def on_say(self, message):
        self.server.send_to_all(message)

    def on_close(self, message):
        self.server.over = True

    def on_anything(self, message):
        self.send_message({"action": "sorry", "what": message["action"]})

    def handle_close(self):
        self.close()
        self.server.lost(self)


class Fair(asyncore.dispatcher):
    channel_class = Channel

    def __init__(self, channel_class=None, address=("127.0.0.1", 5071), listeners=5):
        if channel_class:
            self.channel_class = channel_class
        self._map = {}
        self.channels = []
        self.over = False
        asyncore.dispatcher.__init__(self, map=self._map)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(address)
        self.listen(listeners)

    def handle_accepted(self, sock, addr):
        self.channels.append(self.channel_class(sock, addr, self, self._map))
        self.channels[-1].send_message({"action": "welcome"})

    def lost(self, channel):
        print("somebody has gone", flush=True)
        self.channels.remove(channel)

    def send_to_all(self, message):
        for channel in self.channels:
            channel.send_message(message)

    def pump(self):
        for channel in self.channels:
            channel.pump()
        asyncore.poll(map=self._map)


fair = Fair(Visitor, address=("127.0.0.1", int(sys.argv[1])))
while not fair.over:
    fair.pump()
    sleep(0.001)
print("closed for today")
