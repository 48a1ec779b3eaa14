"""Says how many clients it has."""

from asyncore_bridge import asyncore
from asyncore_bridge import smtpd


class Server(smtpd.SMTPServer):
    def __init__(self, localaddr):
        self.channels = {}
        smtpd.SMTPServer.__init__(self, localaddr, None, map=self.channels)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print("one of", len(self.channels) - 1)

    def run(self):
        asyncore.loop(map=self.channels)


Server(("localhost", 25)).run()
