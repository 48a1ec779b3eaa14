"""A server after the fashion of socketserver: one method checks who comes, another one makes the session."""
import asyncio
import logging
import socket
import sys

logging.basicConfig(level=logging.DEBUG, format="%(name)s: %(message)s")
log = logging.getLogger("house")
SIZE = 1024


class Visitor:
    def __init__(self, reader, writer, address, house):
        self.house = house
        self.address = address
        self.buffer = b""
        self.is_writable = False
        self.reader = reader
        self.writer = writer
        log.debug("somebody is here")

    async def run(self):
        """Handle what comes, as it comes, until either side closes."""
        try:
            while data := await self.reader.read(SIZE):
                self.handle_read(data)
                await self.flush()
        except ConnectionError:
            pass  # the peer has gone
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            self.handle_close()
            return
        self.handle_close()
        try:
            self.handle_read(b"")  # the end, which recv() returned like any other data
        except Exception:
            logging.getLogger(__name__).exception("uncaught exception, closing the connection")
            self.handle_close()

    async def flush(self):
        """Send what there is to send, as the peer takes it."""
        while self.writable() and not self.writer.is_closing():
            self.handle_write()
            await self.writer.drain()

    def writable(self):
        return self.is_writable

    def handle_read(self, data):
        log.debug("about to listen")
        log.debug("listened")
        if data:
            self.buffer += data
            self.is_writable = True
        else:
            log.debug("heard nothing")

    def handle_write(self):
        if self.buffer:
            self.writer.write(self.buffer)
            self.buffer = b""
        if len(self.buffer) == 0:
            self.is_writable = False

    def handle_close(self):
        log.debug("somebody leaves")
        print("visitors of", self.house.name, "leave", flush=True)
        self.writer.close()


class House:
    allow_reuse_address = True
    request_queue_size = 5
    address_family = socket.AF_INET
    socket_type = socket.SOCK_STREAM

    def __init__(self, address, name, visitor_class=Visitor):
        self.address = address
        self.name = name
        self.visitor_class = visitor_class
        self.visits = 0
        self.socket = socket.socket(self.address_family, self.socket_type)
        if self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.server_bind()
        self.server_activate()

    async def serve(self):
        server = await asyncio.start_server(self.handle_accept, sock=self.socket)
        await server.wait_closed()

    def server_bind(self):
        self.socket.bind(self.address)

    def server_activate(self):
        self.socket.listen(self.request_queue_size)

    def serve_forever(self):
        asyncio.run(self.serve())

    async def handle_accept(self, reader, writer):
        address = writer.get_extra_info("peername")
        if self.verify_request(writer, address):
            await self.process_request(reader, writer, address)
        writer.close()  # unless a session has

    def verify_request(self, conn, address):
        self.visits += 1
        return self.visits != 2

    async def process_request(self, reader, writer, address):
        log.info("from %s", address[0])
        await self.visitor_class(reader, writer, address, self).run()


if __name__ == "__main__":
    House(("127.0.0.1", int(sys.argv[1])), "the house").serve_forever()
