"""handle_connect() closes, and handle_write() is called all the same: it tries to send, and says that it has."""
import asyncore


class Bell(asyncore.dispatcher):
    def __init__(self, message):
        asyncore.dispatcher.__init__(self)
        self.message = message
        self.create_socket()
        self.connect(("127.0.0.1", 7000))

    def handle_connect(self):
        if len(self.message) > 20:
            self.close()

    def handle_read(self):
        print(self.recv(100))

    def writable(self):
        return not self.connected or len(self.message) > 0

    def handle_write(self):
        sent = self.send(self.message)
        self.message = self.message[sent:]
        if not self.message:
            print("rung")
            self.close()


Bell(b"the gates are open")
asyncore.loop()
