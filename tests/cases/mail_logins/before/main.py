"""Takes mail from those who say who they are. Written before there was channel_class."""

import asyncore
import smtpd
import sys


class LoginChannel(smtpd.SMTPChannel):
    def __init__(self, server, conn, addr):
        smtpd.SMTPChannel.__init__(self, server, conn, addr)
        self.users = server.users
        self.user = None

    def collect_incoming_data(self, data):
        try:
            smtpd.SMTPChannel.collect_incoming_data(self, data)
        except UnicodeDecodeError:
            pass  # not for us

    def smtp_LOGIN(self, arg):
        if not arg:
            self.push("501 Syntax: LOGIN name")
        elif arg in self.users:
            self.user = arg
            self.push("235 hello " + arg)
        else:
            self.push("535 not you, %s of %s" % (arg, self.peer[0]))

    def smtp_MAIL(self, arg):
        if self.user is None:
            self.push("530 who are you?")
            return
        super(LoginChannel, self).smtp_MAIL(arg)


class LoginServer(smtpd.SMTPServer):
    users = ("ann", "bob")

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            conn, addr = pair
            LoginChannel(self, conn, addr)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print("%s: %d bytes" % (mailfrom, len(data)))


server = LoginServer(("127.0.0.1", int(sys.argv[1])), None)
try:
    asyncore.loop()
except KeyboardInterrupt:
    print("bye")
