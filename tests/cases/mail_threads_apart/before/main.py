"""Sends mail to a server that a thread keeps."""

import asyncore
import smtpd
import smtplib
import threading


class Inbox(smtpd.SMTPServer):
    def __init__(self, host="127.0.0.1", port=0):
        smtpd.SMTPServer.__init__(self, (host, port), None)
        self.letters = []

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        self.letters.append((mailfrom, rcpttos, data))


class Post(threading.Thread):
    """The thread is a class, and the server its own."""

    def __init__(self):
        threading.Thread.__init__(self)
        self.inbox = Inbox()
        self.port = self.inbox.socket.getsockname()[1]

    def run(self):
        while asyncore.socket_map:
            asyncore.loop(timeout=0.1)

    def stop(self):
        self.inbox.close()
        self.join()


def send(port, text):
    with smtplib.SMTP("127.0.0.1", port, "client.test") as client:
        client.sendmail("ann@x", ["bob@y"], text)


post = Post()
post.start()
send(post.port, "Subject: one\n\nfirst\n")
send(post.port, "Subject: two\n\n.second")
post.stop()
print(post.inbox.letters)
