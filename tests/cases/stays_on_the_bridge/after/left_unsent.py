from asyncore_bridge import asyncore

sessions = []


class Session(asyncore.dispatcher):
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.out = b""
        sessions.append(self)

    def say(self, text):
        self.out += text

    def handle_read(self):
        data = self.recv(100)
        if data:
            for session in sessions:
                session.say(data)

    def writable(self):
        return bool(self.out)

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]

    def handle_close(self):
        sessions.remove(self)
        self.close()


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Session(sock)


def main():
    Server(7000)
    try:
        asyncore.loop()
    except KeyboardInterrupt:
        for session in sessions:
            session.say(b"going down\n")
    print("left")


main()
