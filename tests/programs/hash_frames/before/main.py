"""Messages that end in ###, as the scales in the warehouse send them."""
import asynchat
import asyncore
import sys

END = b"###"


class ScaleHandler(asynchat.async_chat):

    def __init__(self, sock, totals):
        super().__init__(sock)
        self.totals = totals
        self.set_terminator(END)

    def collect_incoming_data(self, data):
        self._collect_incoming_data(data)

    def found_terminator(self):
        message = self._get_data()
        if message == b"total":
            self.push(b"%d in %d" % (sum(self.totals), len(self.totals)) + END)
        elif message.startswith(b"weight "):
            self.totals.append(int(message[7:]))
            self.push(b"ok" + END)
        else:
            self.push(b"? " + message + END)


class ScaleServer(asyncore.dispatcher):

    def __init__(self, host, port):
        super().__init__()
        self.totals = []
        self.create_socket()
        self.set_reuse_addr()
        self.bind((host, port))
        self.listen(10)

    def handle_accepted(self, sock, addr):
        ScaleHandler(sock, self.totals)


ScaleServer("127.0.0.1", int(sys.argv[1]))
asyncore.loop()
