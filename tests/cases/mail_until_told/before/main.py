"""Sends mail to a server that runs its loop for as long as it is told to, in a thread perhaps."""

import asyncore
import smtpd
import smtplib
import threading


class Inbox(smtpd.SMTPServer):
    def __init__(self, host="127.0.0.1", port=0):
        super().__init__((host, port), None)
        self.letters = []
        self.thread = None
        self.is_open = True

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        self.letters.append((mailfrom, rcpttos, data))

    def start(self):
        try:
            while self.is_open:
                asyncore.loop(timeout=0.1, use_poll=True)
        except KeyboardInterrupt:
            self.close()

    def start_in_a_thread(self):
        self.thread = threading.Thread(target=self.start)
        self.thread.start()

    def stop(self):
        self.close()
        self.is_open = False
        self.thread.join()


inbox = Inbox()
inbox.start_in_a_thread()
for text in ("Subject: one\n\nfirst\n", "Subject: two\n\n.second"):
    with smtplib.SMTP("127.0.0.1", inbox.socket.getsockname()[1], "client.test") as client:
        client.sendmail("ann@x", ["bob@y"], text)
inbox.stop()
print(inbox.letters)
