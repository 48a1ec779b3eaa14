"""A web server: the terminator is bytes, then a number, then bytes again; requests may be pipelined."""

from __future__ import annotations

from oracle import BACKPRESSURE, FLUSH_ON_EOF, WHOLE, Program, Stage, drive

PROGRAM = Program(("0",))  # port 0: it prints which one it got


def ready(stage: Stage) -> None:
    stage.port = int(stage.output(r"serving on port (\d+)")[1])


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [line + " HTTP/1.1", "Host: test", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answer(status: str, body: bytes = b"", connection: str = "keep-alive") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: {connection}\r\n\r\n".encode() + body


@drive
def get_and_post(stage: Stage) -> None:
    """Every method, one at a time. Naive: HEAD is answered with a body."""
    ready(stage)
    ann = stage.connect("ann")
    ann.send(request("GET /"))
    ann.expect(answer("200 OK", b"<h1>It works</h1>\n"))
    ann.send(request("HEAD /"))
    ann.expect(answer("200 OK", b"<h1>It works</h1>\n")[: -len("<h1>It works</h1>\n")])
    ann.send(request("POST /", body=b"abc\r\n\r\n"))
    ann.expect(answer("200 OK", b"\n\r\n\rcba"))
    ann.send(request("DELETE /"))
    ann.expect(answer("405 Method Not Allowed"))
    ann.send(request("PUT /new", body=b"page") + request("GET /new", "Connection: Close"))
    ann.expect(answer("201 Created") + answer("200 OK", b"page", "close"))
    assert ann.rest() == b""


@drive
def pipelined(stage: Stage) -> None:
    """Five requests in one packet, a body among them that holds a request.

    Naive: the rest of the read is thrown away.
    """
    ready(stage)
    ann = stage.connect("ann")
    trap = b"GET /trap HTTP/1.1\r\n\r\n"
    ann.send(
        request("GET /served")
        + request("POST /", body=trap)
        + request("GET /nowhere")
        + request("PUT /", body=b"\r\n\r\n")
        + request("GET /")
        + request("GET /served", "connection:close")
    )
    ann.expect(answer("200 OK", b"0\n") + answer("200 OK", trap[::-1]) + answer("404 Not Found", b"no such page\n"))
    ann.expect(answer("200 OK") + answer("200 OK", b"\r\n\r\n") + answer("200 OK", b"5\n", "close"))
    assert ann.rest() == b""


@drive(chunkings=(WHOLE,))
def put_after_close(stage: Stage) -> None:
    """A request behind "Connection: close" in the same read gets no answer, and yet it is carried out.

    Naive: nothing is looked at after the last answer.
    """
    ready(stage)
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send(request("GET /", "Connection: close") + request("PUT /late", body=b"done"))
    ann.expect(answer("200 OK", b"<h1>It works</h1>\n", "close"))
    assert ann.rest() == b""
    bob.send(request("GET /late"))
    bob.expect(answer("200 OK", b"done"))


@drive
def big_bodies(stage: Stage) -> None:
    """A megabyte up and down, and 80 KB of headers. Naive: LimitOverrunError at 64 KiB."""
    ready(stage)
    ann = stage.connect("ann")
    body = bytes(range(256)) * 4000
    ann.send(request("PUT /big", "Cookie: " + "c" * 80_000, body=body))
    ann.expect(answer("201 Created"))
    ann.send(request("GET /big"))
    ann.expect(answer("200 OK", body))


@drive
def nonsense(stage: Stage) -> None:
    """What is no HTTP is refused, and what follows is not understood.

    Naive: the next line is parsed as a request.
    """
    ready(stage)
    ann, bob, cid = (stage.connect(name) for name in ("ann", "bob", "cid"))
    ann.send(b"HELLO\r\n\r\nGET / HTTP/1.1\r\n\r\n")
    ann.expect(answer("400 Bad Request", b"bad request line\n", "close"))
    assert ann.rest() == b""
    bob.send(b"GET / HTTP/1.1\r\nno colon\r\n\r\n")
    bob.expect(answer("400 Bad Request", b"bad header\n", "close"))
    assert bob.rest() == b""
    cid.send(b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n")
    cid.expect(answer("400 Bad Request", b"bad length\n", "close"))
    assert cid.rest() == b""


@drive
def old_client(stage: Stage) -> None:
    """HTTP/1.0 means close; a client that half-closes after its request still gets a short answer."""
    ready(stage)
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send(b"GET / HTTP/1.0\r\n\r\n")
    ann.expect(answer("200 OK", b"<h1>It works</h1>\n", "close"))
    assert ann.rest() == b""
    bob.send(request("GET /"))
    bob.half_close()
    bob.expect(answer("200 OK", b"<h1>It works</h1>\n"))
    assert bob.rest() == b""


@drive(tolerates=(FLUSH_ON_EOF,))
def half_close_with_output_pending(stage: Stage) -> None:
    """The same with twelve megabytes: end of file closes, and what the kernel has not taken is dropped."""
    ready(stage)
    ann = stage.connect("ann")
    body = bytes(1_000_000)
    ann.send(request("PUT /big", body=body), whole=True)
    ann.expect(answer("201 Created"))
    slow = stage.connect("slow", reading=False, small_buffers=True)
    slow.wants_all_of(answer("200 OK", body) * 12)
    slow.send(request("GET /big") * 12, whole=True)
    stage.settle()
    slow.half_close()
    stage.settle()
    slow.resume()
    slow.rest()


@drive(tolerates=(BACKPRESSURE,))
def close_delivers_everything(stage: Stage) -> None:
    """ "Connection: close" behind twelve megabytes, a slow reader: close_when_done() delivers.

    Naive: close() drops.
    """
    ready(stage)
    ann = stage.connect("ann")
    body = bytes(1_000_000)
    ann.send(request("PUT /big", body=body), whole=True)
    ann.expect(answer("201 Created"))
    slow = stage.connect("slow", reading=False, small_buffers=True)
    slow.send(request("GET /big") * 11 + request("GET /big", "Connection: close"), whole=True)
    stage.settle()
    slow.resume()
    slow.expect(answer("200 OK", body) * 11 + answer("200 OK", body, "close"))
    assert slow.rest() == b""


@drive
def interrupted_upload(stage: Stage) -> None:
    """A reset in the middle of a body is nobody else's business."""
    ready(stage)
    ann, bob = stage.connect("ann"), stage.connect("bob")
    ann.send(request("PUT /x", body=b"0123456789")[:-3])
    stage.settle()
    ann.reset()
    bob.send(request("GET /x"))
    bob.expect(answer("404 Not Found", b"no such page\n"))
