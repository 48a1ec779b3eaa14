import base


class Console(base.LineChannel):
    """Commands are methods."""

    def __init__(self, reader, writer, server, prompt=""):
        base.LineChannel.__init__(self, reader, writer, server)
        self.prompt = prompt
        self.reply("console for %s" % self.peer)

    def found_terminator(self, line):
        words = line.decode("ascii", "replace").split()
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
        self.writer.close()
        return "bye"

    def do_shutdown(self):
        self.reply("going down")
        self.writer.close()
        self.server.close()
