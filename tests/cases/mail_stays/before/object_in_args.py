"""Has its object, and counts on it, without a name for it."""

import asyncore
import smtpd


class Server(smtpd.SMTPServer):
    count = 0

    def process_message(*args, **kwargs):
        args[0].count += 1
        print(args[0].count, args[4])


Server(("localhost", 25), None)
asyncore.loop()
