import asyncore
import smtpd


class Sink(smtpd.SMTPServer):
    def __init__(self, localaddr, *args, **kwargs):
        smtpd.SMTPServer.__init__(self, localaddr, *args, **kwargs)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(data)


Sink(("127.0.0.1", 2525), None, data_size_limit=100)
asyncore.loop()
