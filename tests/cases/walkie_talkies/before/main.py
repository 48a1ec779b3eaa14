"""A radio whose loop has a thread of its own, while the main thread reads from the keyboard."""

import asynchat
import asyncore
import socket
import sys
import threading


class Radio(asynchat.async_chat):
    """What is said to it comes from another thread than what it hears."""

    def __init__(self, host, port):
        asynchat.async_chat.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect((host, port))
        self.set_terminator(b"\r\n")
        self.heard = []

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        text = b"".join(self.heard).decode()
        self.heard = []
        print("heard", text, flush=True)

    def say(self, text):
        self.push(text.encode() + b"\r\n")

    def handle_close(self):
        print("silence", flush=True)
        self.close()


if __name__ == "__main__":
    radio = Radio("127.0.0.1", int(sys.argv[1]))
    thread = threading.Thread(target=asyncore.loop)
    thread.start()
    for line in sys.stdin:
        radio.say(line.rstrip())
    radio.close_when_done()
    thread.join()
    print("over", flush=True)
