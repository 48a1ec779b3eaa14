"""A small web server: GET, HEAD, POST and PUT, keep-alive and pipelining.

usage: main.py PORT
"""
import asynchat
import asyncore
import sys

REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


class BadRequest(Exception):
    """The client does not speak HTTP."""


class Request:

    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        try:
            self.method, self.path, self.version = lines[0].split(" ")
        except ValueError:
            raise BadRequest("bad request line")
        self.headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon:
                raise BadRequest("bad header")
            self.headers[name.lower()] = value.strip()
        self.body = b""

    @property
    def length(self):
        try:
            return int(self.headers.get("content-length", "0"))
        except ValueError:
            raise BadRequest("bad length")

    @property
    def keep_alive(self):
        wish = self.headers.get("connection", "").lower()
        return wish == "keep-alive" if self.version == "HTTP/1.0" else wish != "close"


class HTTPHandler(asynchat.async_chat):

    def __init__(self, sock, addr, site):
        super().__init__(sock=sock)
        self.client = addr
        self.site = site
        self.ibuffer = []
        self.obuffer = b""
        self.request = None
        self.served = 0
        self.set_terminator(b"\r\n\r\n")

    def collect_incoming_data(self, data):
        self.ibuffer.append(data)

    def found_terminator(self):
        data, self.ibuffer = b"".join(self.ibuffer), []
        try:
            if self.request is None:
                self.request = Request(data)
                if self.request.length > 0:
                    self.set_terminator(self.request.length)
                    return
            else:
                self.request.body = data
        except BadRequest as error:
            self.send_response(400, str(error).encode() + b"\n", keep_alive=False)
            self.set_terminator(None)       # read on, but understand nothing more
            return
        self.handle_request(self.request)
        self.request = None
        self.set_terminator(b"\r\n\r\n")

    def handle_request(self, request):
        method = getattr(self, "do_" + request.method, None)
        if method is None:
            status, body = 405, b""
        else:
            status, body = method(request)
        self.served += 1
        self.send_response(status, body, request.keep_alive, only_head=request.method == "HEAD")

    def do_GET(self, request):
        if request.path == "/served":
            return 200, b"%d\n" % self.served
        body = self.site.get(request.path)
        return (404, b"no such page\n") if body is None else (200, body)

    do_HEAD = do_GET

    def do_POST(self, request):
        return 200, request.body[::-1]

    def do_PUT(self, request):
        new = request.path not in self.site
        self.site[request.path] = request.body
        return (201 if new else 200), b""

    def send_response(self, status, body, keep_alive, only_head=False):
        lines = [
            "HTTP/1.1 %d %s" % (status, REASONS[status]),
            "Content-Length: %d" % len(body),
            "Connection: %s" % ("keep-alive" if keep_alive else "close"),
        ]
        self.push("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
        if not only_head:
            self.push(body)
        if not keep_alive:
            self.close_when_done()


class HTTPServer(asyncore.dispatcher):

    def __init__(self, host, port):
        super().__init__()
        self.site = {"/": b"<h1>It works</h1>\n"}
        self.create_socket()
        self.set_reuse_addr()
        self.bind((host, port))
        self.listen(128)

    def handle_accepted(self, sock, addr):
        HTTPHandler(sock, addr, self.site)


def main():
    server = HTTPServer("127.0.0.1", int(sys.argv[1]))
    print("serving on port %d" % server.socket.getsockname()[1])
    try:
        asyncore.loop(timeout=2.0)
    finally:
        server.close()


if __name__ == "__main__":
    main()
