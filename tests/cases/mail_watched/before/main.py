"""Mail servers that are threads, and look now and then whether they may go on."""

import asyncore
import smtpd
import smtplib
import socket
import sys
import threading


class Letters(smtpd.SMTPServer, threading.Thread):
    """Told to end by an event, and closed in the end."""

    pause = 0.02

    def __init__(self, host="127.0.0.1", port=0):
        if sys.version_info[:2] >= (3, 5):
            smtpd.SMTPServer.__init__(self, (host, port), None, decode_data=True)
        else:
            smtpd.SMTPServer.__init__(self, (host, port), None)
        self.letters = []
        self._enough = threading.Event()
        threading.Thread.__init__(self, name="letters")

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        class Letter:
            def __init__(self, **known):
                vars(self).update(known)

        self.letters.append(Letter(sender=mailfrom, text=data))

    def run(self):
        while not self._enough.is_set():
            asyncore.loop(timeout=self.pause, count=1)

    def stop(self):
        self._enough.set()
        self.join()
        self.close()


class Postcards(smtpd.SMTPServer, threading.Thread):
    """Goes on as long as it is active, and closes everything."""

    def __init__(self, *args, **kwargs):
        threading.Thread.__init__(self)
        kwargs["decode_data"] = True
        smtpd.SMTPServer.__init__(self, *args, **kwargs)
        self.cards = []
        self.active = False
        self.lock = threading.Lock()
        self.passing = threading.Lock()

    def process_message(self, peer, mailfrom, rcpttos, data):
        with self.lock:
            self.cards.append(data)

    def start(self):
        self.ready = threading.Event()
        threading.Thread.start(self)
        self.ready.wait()

    def run(self):
        self.active = True
        self.ready.set()
        while self.active and asyncore.socket_map:
            with self.passing:
                asyncore.loop(timeout=0.02, count=1)
        asyncore.close_all()

    def stop(self):
        self.active = False
        self.join()


def send(server, text):
    with smtplib.SMTP("127.0.0.1", server.socket.getsockname()[1], "client.test") as client:
        client.sendmail("ann@x", ["bob@y"], text)


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def play(server, kept):
    port = server.socket.getsockname()[1]
    server.start()
    print("accepting:", server.accepting)
    send(server, "Subject: one\n\nfirst\n")
    send(server, "Subject: two\n\n.second")
    server.stop()
    print(len(kept), is_open(port), server.accepting, flush=True)


if __name__ == "__main__":
    letters = Letters()
    play(letters, letters.letters)
    print(letters.letters[1].sender, letters.letters[1].text.split("\n"))
    cards = Postcards(("127.0.0.1", 0), None)
    play(cards, cards.cards)
    print(cards.cards[0].split("\n"), flush=True)
    none = Postcards(("127.0.0.1", 0), None)
    port = none.socket.getsockname()[1]
    none.start()
    none.stop()  # perhaps before the loop has begun
    print(is_open(port), flush=True)
