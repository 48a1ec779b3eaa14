"""Closes from the main thread, while the loop runs in another one."""
import asynchat
import asyncore
import socket
import threading


class Chat(asynchat.async_chat):
    def __init__(self, port):
        asynchat.async_chat.__init__(self)
        self.data = []
        self.set_terminator(b"\n")
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        print(b"".join(self.data))
        self.data = []


chat = Chat(7000)
threading.Thread(target=asyncore.loop).start()
while True:
    if input("> ") == "bye":
        chat.close()
