"""A radio over which a thread speaks that reads from the keyboard."""

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


def read_keyboard(radio):
    for line in sys.stdin:
        radio.say(line.rstrip())
    radio.push(b"out\r\n")
    radio.close_when_done()


def main(port):
    radio = Radio("127.0.0.1", port)
    reader = threading.Thread(target=read_keyboard, args=(radio,))
    reader.start()
    asyncore.loop()
    reader.join()
    print("over", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
