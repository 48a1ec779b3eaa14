import asyncore, smtpd


class Sink(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(len(data))


Sink(("127.0.0.1", 2525), None)
Sink(("127.0.0.1", 2526), None, decode_data=True)
asyncore.loop()
