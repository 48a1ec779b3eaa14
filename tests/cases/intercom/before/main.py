"""An intercom: the desk listens to the keyboard, while a thread of its own listens to the other end."""
import asyncore
import sys
import threading


class Line(asyncore.dispatcher):
    """Sends from a buffer of its own."""

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.buffer = b""
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def say(self, words):
        self.buffer += words.encode() + b"\n"

    def handle_read(self):
        data = self.recv(1024)
        if data:
            print("heard", data.decode().strip(), flush=True)

    def writable(self):
        return not self.connected or len(self.buffer) > 0

    def handle_write(self):
        sent = self.send(self.buffer)
        self.buffer = self.buffer[sent:]

    def handle_close(self):
        print("hung up", flush=True)
        self.close()


class Desk:
    def connect(self, port):
        self.line = Line(port)
        self.thread = threading.Thread(target=asyncore.loop, kwargs={"timeout": 0.05})
        self.thread.start()

    def pass_on(self, words):
        print("saying", words, flush=True)
        self.line.say(words)

    def run(self):
        self.connect(int(sys.argv[1]))
        for words in sys.stdin:
            self.pass_on(words.strip())
        self.thread.join()


Desk().run()
