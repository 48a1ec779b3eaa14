"""A test server whose clients may ask what it has got, and tell it to forget that."""

import asyncore
import smtpd
import sys


class Channel(smtpd.SMTPChannel):
    """Some commands more."""

    def smtp_COUNT(self, arg):
        """How many letters there are, for one address or for all."""
        if not self.seen_greeting:
            self.push("503 who are you?")
            return
        letters = self.smtp_server.letters
        self.push("250 %d" % len([to for to in letters if not arg or to == arg]))

    def smtp_WHO(self, arg):
        self.push("250-%s" % self.seen_greeting)
        self.push("250 %s to %d" % (self.mailfrom or "nobody", len(self.rcpttos)))

    def smtp_RSET(self, arg):
        # forget the letters as well
        del self.smtp_server.letters[:]
        smtpd.SMTPChannel.smtp_RSET(self, arg)

    def smtp_VRFY(self, arg):
        if arg in self.smtp_server.letters:
            self.push("250 <%s>" % arg)
        else:
            super().smtp_VRFY(arg)

    def smtp_ENOUGH(self, arg):
        self.push("221 so long")
        self.close_when_done()


class Server(smtpd.SMTPServer):
    channel_class = Channel

    def __init__(self, *args, **kwargs):
        smtpd.SMTPServer.__init__(self, *args, **kwargs)
        self.letters = []
        self.calls = 0

    def handle_accepted(self, conn, addr):
        """Say who calls."""
        self.calls += 1
        print("call %d from %s" % (self.calls, addr[0]))
        super().handle_accepted(conn, addr)

    def process_message(self, peer, mailfrom, rcpttos, data):
        self.letters.extend(rcpttos)
        print("%s: %s" % (mailfrom, data.upper()))


server = Server(("127.0.0.1", int(sys.argv[1])), None, decode_data=True)
asyncore.loop()
