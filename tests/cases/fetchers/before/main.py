"""Ask several servers for their names; all at once, then tell."""
import asyncore
import socket
import sys


class Asker(asyncore.dispatcher):

    def __init__(self, port, answers):
        asyncore.dispatcher.__init__(self)
        self.port = port
        self.answers = answers
        self.heard = b""
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))
        self.question = b"NAME?\r\n" * 3

    def handle_connect(self):
        print("asking")

    def writable(self):
        return len(self.question) > 0

    def handle_write(self):
        sent = self.send(self.question[:5])
        self.question = self.question[sent:]

    def handle_read(self):
        self.heard += self.recv(100)

    def handle_close(self):
        self.answers.append(self.heard.decode("latin-1") or "silence")
        self.close()


def main(ports):
    answers = []
    for port in ports:
        if port:
            Asker(int(port), answers)
    asyncore.loop(timeout=1)
    for answer in sorted(answers):
        print(answer)
    return len(answers)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
