"""Sends mail to servers that run in threads, as tests of programs that send mail do."""

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

    @property
    def port(self):
        return self.socket.getsockname()[1]


class Post(threading.Thread):
    """One way: the thread is a class."""

    def __init__(self):
        threading.Thread.__init__(self)
        self.inbox = Inbox()

    def run(self):
        asyncore.loop(timeout=0.1)

    def stop(self):
        self.inbox.close()
        self.join()


def send(port, text):
    with smtplib.SMTP("127.0.0.1", port, "client.test") as client:
        client.sendmail("ann@x", ["bob@y"], text)


def two_at_a_time():
    post = Post()
    post.start()
    send(post.inbox.port, "Subject: one\n\nfirst\n")
    send(post.inbox.port, "Subject: two\n\n.second")
    post.stop()
    post.inbox.close()
    print(post.inbox.letters)


two_at_a_time()
