"""Sends mail to servers that functions define, around what they share with them."""

import asyncore
import smtpd
import smtplib
import threading


class Post(threading.Thread):
    """Makes the server when it runs."""

    def __init__(self, letters):
        super().__init__()
        self.letters = letters
        self.ready = threading.Event()

    def run(self):
        letters = self.letters

        class _Inbox(smtpd.SMTPServer):
            def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
                letters.append((mailfrom, rcpttos, data))

        self.inbox = _Inbox(("127.0.0.1", 0), None)
        self.port = self.inbox.socket.getsockname()[1]
        self.ready.set()
        asyncore.loop(timeout=0.1)

    def stop(self):
        self.inbox.close()
        self.join()


def send(port, text):
    with smtplib.SMTP("127.0.0.1", port, "client.test") as client:
        client.sendmail("ann@x", ["bob@y"], text)


def play():
    """Runs the loop in a thread, for what it has made."""
    subjects = []

    class Subjects(smtpd.SMTPServer):
        def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
            subjects.append(data.splitlines()[0])

    server = Subjects(("127.0.0.1", 0), None)
    thread = threading.Thread(target=asyncore.loop, kwargs={"timeout": 0.05}, daemon=True)
    thread.start()
    send(server.socket.getsockname()[1], "Subject: three\n\nthird")
    server.close()
    thread.join()
    return subjects


letters = []
post = Post(letters)
post.start()
post.ready.wait()
send(post.port, "Subject: one\n\nfirst\n")
send(post.port, "Subject: two\n\n.second")
post.stop()
print(letters)
print(play())
