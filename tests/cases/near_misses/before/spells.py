"""Their handle_error() empties the buffer, but data may be collected again, or is not always dropped."""
import asynchat
import asyncore


class Strict(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.text = ""
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.text += data.decode()  # what cannot be decoded is decoded again and again

    def found_terminator(self):
        self.push(b"%d\n" % int(self.text))
        self.text = ""

    def handle_error(self):
        self.text = ""


class Choosy(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.text = ""
        self.angry = False
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.text += data.decode("ascii", "ignore")

    def found_terminator(self):
        self.push(b"%d\n" % int(self.text))
        self.text = ""

    def handle_error(self):
        if self.angry:
            return
        self.angry = True
        self.text = ""


class Server(asyncore.dispatcher):
    def __init__(self, port, choosy):
        asyncore.dispatcher.__init__(self)
        self.choosy = choosy
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        if self.choosy:
            Choosy(sock)
        else:
            Strict(sock)


Server(7000, True)
Server(7001, False)
asyncore.loop()
