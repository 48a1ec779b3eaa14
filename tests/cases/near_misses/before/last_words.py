"""What is put into the buffer is never sent: the same answer closes the connection."""
import asyncore


class Clerk(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.asked = b""
        self.answer = ""

    def handle_read(self):
        self.asked += self.recv(1024)
        while b"\n" in self.asked:
            line, self.asked = self.asked.split(b"\n", 1)
            self.answer += "%d\n" % len(line)
            if not line:
                self.close()

    def writable(self):
        return self.answer != ""

    def handle_write(self):
        sent = self.send(self.answer.encode("ascii"))
        self.answer = self.answer[sent:]


class Desk(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Clerk(sock)


Desk(7000)
asyncore.loop()
