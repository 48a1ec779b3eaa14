from asyncore_bridge import asyncore
from asyncore_bridge import smtpd


class Sink(smtpd.SMTPServer):
    def __init__(self, *args, **kwargs):
        kwargs["decode_data"] = bool(kwargs)
        smtpd.SMTPServer.__init__(self, *args, **kwargs)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(data)


Sink(("127.0.0.1", 2525), None)
asyncore.loop()
