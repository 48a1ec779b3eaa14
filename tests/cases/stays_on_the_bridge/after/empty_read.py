from asyncore_bridge import asyncore


class Echo(asyncore.dispatcher_with_send):
    def handle_read(self):
        print("somebody")
        data = self.recv(1024)
        print("got", data[0])
        self.send(data)

    def handle_close(self):
        print("gone")
        self.close()


class Server(asyncore.dispatcher):
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("", 7000))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Echo(sock)


Server()
asyncore.loop()
