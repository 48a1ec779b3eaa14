from asyncore_bridge import asyncore, smtpd


class Channel(smtpd.SMTPChannel):
    def collect_incoming_data(self, data):
        if data:
            smtpd.SMTPChannel.collect_incoming_data(self, data)


class Sink(smtpd.SMTPServer):
    channel_class = Channel

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(len(data))


Sink(("127.0.0.1", 2525), None)
asyncore.loop()
