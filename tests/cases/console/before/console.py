import base


class Console(base.LineChannel):
    """Commands are methods."""

    def __init__(self, conn, server, prompt=""):
        base.LineChannel.__init__(self, conn, server)
        self.prompt = prompt
        self.reply("console for %s" % self.peer)

    def found_terminator(self):
        words = self._line.decode("ascii", "replace").split()
        self._line.clear()
        if not words:
            return
        method = getattr(self, "do_" + words[0], None)
        if method is None:
            self.reply(self.prompt + "unknown")
        else:
            answer = method(*words[1:])
            if answer:
                self.reply(self.prompt + answer)

    def do_add(self, *numbers):
        return str(sum(map(int, numbers)))

    def do_sent(self):
        return str(self.server.sent)

    def do_quit(self):
        self.close_when_done()
        return "bye"

    def do_shutdown(self):
        self.reply("going down")
        self.close_when_done()
        self.server.close()
