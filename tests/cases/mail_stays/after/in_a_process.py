import multiprocessing
from asyncore_bridge import asyncore, smtpd


class Sink(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(len(data))


Sink(("127.0.0.1", 2525), None)
multiprocessing.Process(target=asyncore.loop).start()
