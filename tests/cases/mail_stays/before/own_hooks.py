import asyncore, smtpd


class Sink(smtpd.SMTPServer):
    def __init__(self, address, decode):
        smtpd.SMTPServer.__init__(self, address, None, decode_data=decode)

    def handle_RCPT(self, address):
        return address.endswith("@house")

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(len(data), list(filter(self.handle_RCPT, rcpttos)))


Sink(("127.0.0.1", 2525), True)
asyncore.loop()
