"""Requests wait in a queue, in which a thread waits as well."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import queue
import threading


class Session(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.waiting = queue.Queue()
        self.answered = 0
        self.set_terminator(b"\n")
        threading.Thread(target=self.work, daemon=True).start()

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        self.waiting.put(b"".join(self.data))
        self.data = []

    def work(self):
        while True:
            self.push(self.waiting.get())
            self.answered += 1


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


Server(7000)
asyncore.loop()
