import asyncore, smtpd


class SMTPChannel(smtpd.SMTPChannel):
    def smtp_RCPT(self, arg):
        if self.__line or self.__rcpttos:
            self.push("451 one at a time")
        else:
            smtpd.SMTPChannel.smtp_RCPT(self, arg)


class Sink(smtpd.SMTPServer):
    channel_class = SMTPChannel
    count = 0

    @property
    def number(self):
        self.count += 1
        return self.count

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(self.number, len(data))


Sink(("127.0.0.1", 2525), None)
asyncore.loop()
