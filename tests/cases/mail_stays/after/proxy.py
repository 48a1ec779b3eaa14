from asyncore_bridge import asyncore, smtpd


class Relay(smtpd.PureProxy):
    def process_message(self, peer, mailfrom, rcpttos, data):
        return smtpd.PureProxy.process_message(self, peer, mailfrom, rcpttos, data)


Relay(("127.0.0.1", 2525), ("127.0.0.1", 25))
asyncore.loop()
