"""Takes mail for the rooms of a house, and refuses some of it."""

import asyncore
import smtpd
import sys


class MailRoom(smtpd.SMTPServer):
    """One room for each address."""

    closed_rooms = ("attic", "cellar")

    def __init__(self, address, guests):
        # nothing is relayed
        smtpd.SMTPServer.__init__(self, address, None, data_size_limit=20000)
        self.guests = guests
        self.count = 0

    def room_of(self, address):
        return address.partition("@")[0]

    def process_message(self, peer, mailfrom, rcpttos, data, mail_options=None, rcpt_options=None):
        """Say what has come, and for whom."""
        self.count += 1
        if mailfrom in self.guests:
            return "553 %s is here already" % mailfrom
        for address in rcpttos:
            if self.room_of(address) in self.closed_rooms:
                return "550 nobody sleeps there"
        if b"fire" in data:
            raise RuntimeError("fire!")
        print("%d for %s: %r" % (self.count, ", ".join(rcpttos), data))
        if mail_options:
            print("with %s" % " ".join(mail_options))
        if b"good night" in data:
            self.close()


def main(port):
    room = MailRoom(("127.0.0.1", port), guests=["ann@house"])
    print("rooms on port", "PORT" if room.socket.getsockname()[1] == port else "?")
    asyncore.loop()
    print("all asleep")


if __name__ == "__main__":
    main(int(sys.argv[1]))
