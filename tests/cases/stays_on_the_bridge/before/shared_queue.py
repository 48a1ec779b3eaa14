import asyncore


class Feed(asyncore.dispatcher):
    def __init__(self, sock, queue):
        asyncore.dispatcher.__init__(self, sock)
        self.queue = queue

    def handle_read(self):
        self.recv(1024)

    def writable(self):
        return len(self.queue) > 0

    def handle_write(self):
        self.send(self.queue.pop(0))
        if not self.queue:
            self.close()


class Server(asyncore.dispatcher):
    def __init__(self, queue):
        asyncore.dispatcher.__init__(self)
        self.queue = queue
        self.create_socket()
        self.bind(("", 7000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.queue.append(b"one more")
        Feed(sock, self.queue)


Server([])
asyncore.loop()
