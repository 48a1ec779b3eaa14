"""A server after the fashion of socketserver: one method checks who comes, another one makes the session."""
import asyncore
import logging
import socket
import sys

logging.basicConfig(level=logging.DEBUG, format="%(name)s: %(message)s")
log = logging.getLogger("house")
SIZE = 1024


class Visitor(asyncore.dispatcher):
    def __init__(self, conn, address, house):
        self.house = house
        self.address = address
        self.buffer = b""
        self.is_writable = False
        asyncore.dispatcher.__init__(self, conn)
        log.debug("somebody is here")

    def writable(self):
        return self.is_writable

    def handle_read(self):
        log.debug("about to listen")
        data = self.recv(SIZE)
        log.debug("listened")
        if data:
            self.buffer += data
            self.is_writable = True
        else:
            log.debug("heard nothing")

    def handle_write(self):
        if self.buffer:
            sent = self.send(self.buffer)
            self.buffer = self.buffer[sent:]
        if len(self.buffer) == 0:
            self.is_writable = False

    def handle_close(self):
        log.debug("somebody leaves")
        print("visitors of", self.house.name, "leave", flush=True)
        self.close()


class House(asyncore.dispatcher):
    allow_reuse_address = True
    request_queue_size = 5
    address_family = socket.AF_INET
    socket_type = socket.SOCK_STREAM

    def __init__(self, address, name, visitor_class=Visitor):
        self.address = address
        self.name = name
        self.visitor_class = visitor_class
        self.visits = 0
        asyncore.dispatcher.__init__(self)
        self.create_socket(self.address_family, self.socket_type)
        if self.allow_reuse_address:
            self.set_reuse_addr()
        self.server_bind()
        self.server_activate()

    def server_bind(self):
        self.bind(self.address)

    def server_activate(self):
        self.listen(self.request_queue_size)

    def serve_forever(self):
        asyncore.loop()

    def handle_accept(self):
        conn, address = self.accept()
        if self.verify_request(conn, address):
            self.process_request(conn, address)

    def verify_request(self, conn, address):
        self.visits += 1
        return self.visits != 2

    def process_request(self, conn, address):
        log.info("from %s", address[0])
        self.visitor_class(conn, address, self)

    def handle_close(self):
        self.close()


if __name__ == "__main__":
    House(("127.0.0.1", int(sys.argv[1])), "the house").serve_forever()
