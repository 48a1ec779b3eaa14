from asyncore_bridge import asyncore, smtpd


class Sink(smtpd.SMTPServer):
    def __init__(self, address, sockets):
        smtpd.SMTPServer.__init__(self, address, None, map=sockets)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(len(data))


sockets = {}
Sink(("127.0.0.1", 2525), sockets)
asyncore.loop()
