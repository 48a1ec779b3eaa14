"""Sends mail to servers that run in threads, as tests of programs that send mail do."""

import asyncore
import smtpd
import smtplib
import threading


class Inbox(smtpd.SMTPServer, threading.Thread):
    """The server is a thread itself, which serves nobody else."""

    def __init__(self, host="127.0.0.1", port=0):
        self.channels = {}
        smtpd.SMTPServer.__init__(self, (host, port), None, map=self.channels)
        threading.Thread.__init__(self)
        self.letters = []

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        self.letters.append((mailfrom, rcpttos, data))

    @property
    def port(self):
        return self.socket.getsockname()[1]

    def run(self):
        asyncore.loop(timeout=0.1, map=self.channels)

    def stop(self):
        self.close()
        self.join()


def send(port, text):
    with smtplib.SMTP("127.0.0.1", port, "client.test") as client:
        client.sendmail("ann@x", ["bob@y"], text)


inbox = Inbox()
other = Inbox()
inbox.start()
other.start()
send(inbox.port, "Subject: one\n\nfirst\n")
other.stop()
send(inbox.port, "Subject: two\n\n.second")
inbox.stop()
inbox.close()
print(inbox.letters)
