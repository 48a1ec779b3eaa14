import asyncore
import socket

from . import post


class PostServer(asyncore.dispatcher):

    channel_class = post.PostChannel

    def __init__(self, address, store):
        asyncore.dispatcher.__init__(self)
        self.store = store
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self.set_reuse_addr()
            self.bind(address)
            self.listen(5)
        except OSError:
            self.close()
            raise
        print("post office open")

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            self.channel_class(pair[0], pair[1], self.store)
