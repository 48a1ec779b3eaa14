"""Two functions define a server of the same name, and a third makes one."""

from asyncore_bridge import asyncore
from asyncore_bridge import smtpd


def one():
    class Inside(smtpd.SMTPServer):
        def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
            print(1)

    return Inside


def two():
    class Inside(smtpd.SMTPServer):
        def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
            print(2)

    return Inside


def serve(Inside):
    Inside(("localhost", 25), None)
    asyncore.loop()


serve(one())
