"""Calls the roll: who has answered is noted in a dictionary that all calls share, and all have to hang up."""
import asynchat
import asyncore
import socket
import sys
import time

PATIENCE = 20


class Named:
    """Has a name, and hands on what else it is given."""

    def __init__(self, *args, name, **kwargs):
        super().__init__(*args, **kwargs)
        self.name = name


class Call(Named, asynchat.async_chat):

    def __init__(self, port, name, answers):
        super().__init__(name=name)
        self.answers = answers
        self.talking = True
        self.words = []
        self.set_terminator(b"\n")
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect(("127.0.0.1", port))

    def handle_connect(self):
        self.push(self.name.encode() + b"?\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        word = b"".join(self.words).decode()
        self.words = []
        if word == "bye":
            self.hang_up()
        else:
            self.answers[self.name] = word

    def handle_close(self):
        self.answers.setdefault(self.name, "hung up")
        self.hang_up()

    def hang_up(self):
        self.talking = False
        self.close()

    def give_up(self):
        self.answers[self.name] = "no answer"
        self.hang_up()


def main():
    answers = {}
    calls = [Call(int(sys.argv[1]), name, answers) for name in sys.argv[2:]]
    patience = time.monotonic() + PATIENCE
    while len(answers) < len(calls) or any(call.talking for call in calls):
        asyncore.loop(timeout=0.1, count=1)
        if time.monotonic() > patience:
            for call in calls:
                if call.name not in answers:
                    call.give_up()
    for name in sorted(answers):
        print(name, answers[name])


if __name__ == "__main__":
    main()
