"""Mail servers whose constructors hand on what they get, and which ran on Python 2 once."""

import asyncore
import smtpd
import sys

PY3 = sys.version_info[0] >= 3


class Deliverer(smtpd.SMTPServer):
    """Gives mail to a function."""

    def __init__(self, deliver, *args, **kwargs):
        self.deliver = deliver
        kwargs["decode_data"] = True
        smtpd.SMTPServer.__init__(self, *args, **kwargs)
        self.taken = 0

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        self.taken += 1
        return self.deliver(self.taken, mailfrom, data)


class Counting:
    def __init__(self, first):
        self.count = first

    def another(self):
        self.count += 1
        return self.count


class Counter(Counting, smtpd.SMTPServer):
    def __init__(self, port):
        Counting.__init__(self, 0)
        if PY3:
            smtpd.SMTPServer.__init__(self, ("127.0.0.1", port), None, data_size_limit=4000)
        else:
            smtpd.SMTPServer.__init__(self, ("127.0.0.1", port), None)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print("number", self.another(), data, flush=True)


class Shower(smtpd.DebuggingServer):
    def __init__(self, localaddr, remoteaddr, *args, **kwargs):
        self.shown = 0
        smtpd.DebuggingServer.__init__(self, localaddr, remoteaddr, *args, **kwargs)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        smtpd.DebuggingServer.process_message(self, peer, mailfrom, rcpttos, data)
        self.shown += 1
        print("shown", self.shown, flush=True)


def deliver(number, sender, text):
    print("delivered", number, sender, repr(text), flush=True)
    return "550 not from you" if sender.startswith("nobody") else None


if __name__ == "__main__":
    Deliverer(deliver, ("127.0.0.1", int(sys.argv[1])), None)
    Counter(int(sys.argv[2]))
    Shower(("127.0.0.1", int(sys.argv[3])), None)
    asyncore.loop()
