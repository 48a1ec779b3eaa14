"""SMTP servers of the kinds that programs and their tests were made of; player.py plays conversations with them."""

import smtpd


class Counting:
    """Counts what happens in a channel, so that the player sees when all is quiet."""

    def collect_incoming_data(self, data):
        self.smtp_server.activity += 1
        super().collect_incoming_data(data)

    def found_terminator(self):
        self.smtp_server.activity += 1
        super().found_terminator()

    def handle_close(self):
        self.smtp_server.activity += 1
        super().handle_close()


class Channel(Counting, smtpd.SMTPChannel):
    pass


class Keeps(smtpd.SMTPServer):
    """Keeps every message."""

    channel_class = Channel
    answer = None

    def __init__(self, *args, **kwargs):
        self.activity = 0
        self.messages = []
        super().__init__(*args, **kwargs)

    def handle_accepted(self, conn, addr):
        self.activity += 1
        super().handle_accepted(conn, addr)

    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        self.messages.append([peer[0], mailfrom, list(rcpttos), repr(data), sorted(kwargs.items())])
        return self.answer


class Refuses(Keeps):
    answer = "554 5.7.1 no, thank you"


class AnswersNothing(Keeps):
    answer = ""


class AnswersManyLines(Keeps):
    answer = "250-one\r\n250 two"


class AnswersBytes(Keeps):
    answer = b"250 bytes"


class AnswersInGreek(Keeps):
    answer = "250 \u03b1\u03b2\u03b3"


class Raises(Keeps):
    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        super().process_message(peer, mailfrom, rcpttos, data, **kwargs)
        raise ValueError("cannot store it")


class OldSignature(Keeps):
    """From before Python 3.5, without the keyword arguments."""

    def process_message(self, peer, mailfrom, rcpttos, data):
        return super().process_message(peer, mailfrom, rcpttos, data)


class NotImplemented_(Keeps):
    process_message = smtpd.SMTPServer.process_message


class Debugging(smtpd.DebuggingServer):
    channel_class = Channel
    activity = 0


class SMTPChannel(Counting, smtpd.SMTPChannel):
    """Named like the class it derives from, as many were: private names are shared."""

    def smtp_EHLO(self, arg):
        if not arg:
            self.push("501 say who you are")
        elif self.__greeting:
            self.push("503 Duplicate HELO/EHLO")
        else:
            self.__greeting = arg
            self.push(f"250-{self.__fqdn}")
            self.push("250-AUTH LOGIN PLAIN")
            self.push("250 HELP")

    def smtp_AUTH(self, arg):
        self.push("235 welcome" if arg else "501 Syntax: AUTH mechanism")

    def smtp_XSTATE(self, arg):
        self.push(f"250 {self.__state} {self.__line} {self.__mailfrom} {self.__rcpttos} {self.__data}")

    def smtp_XRESET(self, arg):
        self.__mailfrom = None
        self.__rcpttos = []
        self.__data = ""
        self.__state = self.COMMAND
        self.push("250 OK")

    def smtp_DATA(self, arg):
        if self.__greeting == "slow":
            self.push("421 later")
            self.close_when_done()
        else:
            super().smtp_DATA(arg)


class PrivateNames(Keeps):
    channel_class = SMTPChannel


class Strict(Channel):
    """Overrides the helpers and the limits."""

    command_size_limit = 60

    def smtp_RCPT(self, arg):
        if arg and "spam" in arg:
            self.push("550 never")
            return
        super().smtp_RCPT(arg)

    def smtp_HELP(self, arg):
        self.push("214 ask somebody else")

    def smtp_QUIT(self, arg):
        self.push("221 see you, " + repr(arg))
        self.close_when_done()

    def push(self, msg):
        super().push(msg.replace("OK", "Ok"))

    def _getaddr(self, arg):
        return super()._getaddr(arg.replace("{", "<").replace("}", ">"))


class StrictServer(Keeps):
    channel_class = Strict


class Accepts(Keeps):
    """Makes its channels itself, as servers did that add arguments."""

    def handle_accepted(self, conn, addr):
        self.activity += 1
        Channel(self, conn, addr, 40, self._map, False, self._decode_data)


class OldAccept(Keeps):
    def handle_accept(self):
        self.activity += 1
        pair = self.accept()
        if pair is not None:
            conn, addr = pair
            Channel(self, conn, addr, map=self._map)


class Greets(Channel):
    """Says its own greeting and reads the state at every step."""

    def __init__(self, server, conn, addr, *args, **kwargs):
        self.seen = []
        super().__init__(server, conn, addr, *args, **kwargs)
        self.push("220-and welcome")

    def found_terminator(self):
        self.seen.append((self.smtp_state, len(self.received_lines), self.num_bytes))
        super().found_terminator()
        self.seen.append((self.smtp_state, len(self.received_lines), self.num_bytes))
        if len(self.seen) > 6:
            self.push(repr(self.seen))
            self.seen = []


class GreetingServer(Keeps):
    channel_class = Greets
