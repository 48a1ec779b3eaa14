from asyncore_bridge import asyncore, smtpd


class Channel(smtpd.SMTPChannel):
    def __init__(self, server, conn, addr, *args):
        smtpd.SMTPChannel.__init__(self, server, conn, addr, *args)
        self.user = None

    def smtp_LOGIN(self, arg):
        self.user = arg
        self._answer("235 hello")

    def smtp_DATA(self, arg):
        if self.user:
            smtpd.SMTPChannel.smtp_DATA(self, arg)
            self.set_terminator(b"\n.\n")
        return self.push("530 who are you?")

    def _answer(self, text):
        self.push(text)


class Sink(smtpd.SMTPServer):
    channel_class = Channel

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(len(data))


Sink(("127.0.0.1", 2525), None)
asyncore.loop()
