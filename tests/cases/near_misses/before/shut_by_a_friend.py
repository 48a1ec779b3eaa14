"""A thread closes the listener, whose connections it may close as well."""
import asyncore
import threading
import time


class Session(asyncore.dispatcher_with_send):
    def handle_read(self):
        self.send(self.recv(100))


class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.sessions = []
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.sessions.append(Session(sock))


class Friend(threading.Thread):
    def __init__(self, server):
        threading.Thread.__init__(self)
        self.server = server

    def run(self):
        time.sleep(10)
        for one in [self.server, *self.server.sessions]:
            one.close()


server = Server(7000)
Friend(server).start()
asyncore.loop()
