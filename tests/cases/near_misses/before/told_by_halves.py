"""One listener is told where to listen, the other only to create a socket: nobody says what becomes of that."""
import asyncore


class Porter(asyncore.dispatcher):
    def handle_accept(self):
        conn, addr = self.accept()
        print("somebody from", addr[0])


porter = Porter()
porter.create_socket()
porter.bind(("127.0.0.1", 8000))
porter.listen(5)
deputy = Porter()
deputy.create_socket()
asyncore.loop()
