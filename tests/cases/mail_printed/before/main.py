"""Shows mail, and counts it."""

import asyncore
import smtpd
import sys


class Plain(smtpd.DebuggingServer):
    def __init__(*args, **kwargs):
        print("plainly")
        smtpd.DebuggingServer.__init__(*args, **kwargs)


class Counting(smtpd.DebuggingServer):
    count = 0

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        smtpd.DebuggingServer.process_message(self, ("somebody",), mailfrom, rcpttos, data, **kwargs)
        self.count += 1
        print("that was number", self.count)
        sys.stdout.flush()


Plain(("127.0.0.1", int(sys.argv[1])), None)
Counting(("127.0.0.1", int(sys.argv[2])), None)
asyncore.loop()
