import asyncore, smtpd


class Sink(smtpd.SMTPServer):
    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            conn, addr = pair
            if addr[0] == "::1":
                conn.close()
            else:
                smtpd.SMTPChannel(self, conn, addr)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        print(len(data))


Sink(("127.0.0.1", 2525), None)
asyncore.loop()
