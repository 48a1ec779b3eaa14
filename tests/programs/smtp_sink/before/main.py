"""Takes mail and says what it got; for tests of programs that send mail."""
import asyncore
import smtpd
import sys
from email import message_from_bytes


class Sink(smtpd.SMTPServer):

    refused = {"nobody@here": "550 no such user"}

    def process_message(self, peer, mailfrom, rcpttos, data, **options):
        for address in rcpttos:
            if address in self.refused:
                return self.refused[address]
        message = message_from_bytes(data)
        print("from %s to %s" % (mailfrom, ", ".join(rcpttos)))
        print("subject %s, body %r" % (message["subject"], message.get_payload()))
        if options.get("mail_options"):
            print("options", " ".join(options["mail_options"]))
        return None


if __name__ == "__main__":
    sink = Sink(("127.0.0.1", int(sys.argv[1])), None, data_size_limit=20000)
    try:
        asyncore.loop(timeout=1)
    except KeyboardInterrupt:
        sink.close()
