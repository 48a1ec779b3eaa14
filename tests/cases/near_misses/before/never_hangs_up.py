"""A client that never reads, and keeps its connection when it has sent everything."""
import asyncore


class Leaflet(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.text = b"sale on Monday\n"
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def writable(self):
        return len(self.text) > 0

    def handle_write(self):
        sent = self.send(self.text)
        self.text = self.text[sent:]
        if not self.text:
            print("left")


Leaflet(7000)
asyncore.loop()
