import asynchat
import socket


class Distress(asynchat.async_chat):
    def __init__(self, address):
        asynchat.async_chat.__init__(self)
        self.answer = b""
        self.set_terminator(b"\n")
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(address)

    def handle_connect(self):
        print("calling")
        self.push(b"ANYBODY?\n")
        print("called")

    def handle_close(self):
        print("nobody answers any more")
        self.close()

    def collect_incoming_data(self, data):
        self.answer += data

    def found_terminator(self):
        print("answer:", self.answer)
        self.answer = b""
