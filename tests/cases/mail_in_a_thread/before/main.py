"""Sends mail to a server that runs in a thread, as tests of programs that send mail do."""

import smtpd
import smtplib
import threading


class Inbox(smtpd.SMTPServer):
    def __init__(self, host="127.0.0.1", port=0):
        smtpd.SMTPServer.__init__(self, (host, port), None)
        self.letters = []

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        self.letters.append((mailfrom, rcpttos, data))


class Mailing:
    """A test, in the hands of some framework."""

    def set_up(self):
        import asyncore

        self.inbox = Inbox()
        self.port = self.inbox.socket.getsockname()[1]
        self.thread = threading.Thread(target=asyncore.loop, kwargs={"timeout": 0.1}, name="inbox")
        self.thread.start()

    def tear_down(self):
        self.inbox.close()
        self.thread.join()

    def send(self, text):
        with smtplib.SMTP("127.0.0.1", self.port, "client.test") as client:
            client.sendmail("ann@x", ["bob@y"], text)

    def play(self):
        self.send("Subject: one\n\nfirst\n")
        self.send("Subject: two\n\n.second")
        print(self.inbox.letters)


mailing = Mailing()
mailing.set_up()
mailing.play()
mailing.tear_down()
print("closed")
