"""A listener that listens only once the loop has run: it ended at once, for nothing was there."""
from asyncore_bridge import asyncore


class Porter(asyncore.dispatcher):
    def handle_accept(self):
        conn, addr = self.accept()
        print("somebody from", addr[0])


porter = Porter()
asyncore.loop()
porter.create_socket()
porter.bind(("127.0.0.1", 8000))
porter.listen(5)
