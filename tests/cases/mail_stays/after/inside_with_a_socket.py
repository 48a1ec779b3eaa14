"""What the function calls a socket is none."""

from asyncore_bridge import asyncore
from asyncore_bridge import smtpd


def serve(socket):
    class Server(smtpd.SMTPServer):
        def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
            print(data, file=socket)

    Server(("localhost", 25), None)
    asyncore.loop()


serve(open("log.txt", "w"))
