"""Four hands at one desk: what they write is the usual, how they write it is not."""

import asynchat
import asyncore
import contextlib
import sys
import threading
import traceback

PY3 = True if sys.version_info[0] >= 3 else False


class Copyist(asyncore.dispatcher_with_send):
    def __init__(me, sock):
        asyncore.dispatcher_with_send.__init__(me, sock)
        me.lines = 0

    def readable(me):
        if me.connected:
            return True
        else:
            return False

    def handle_read(me):
        data = me.recv(4096)
        me.lines += data.count(b"\n")
        if data == b"!":
            me.send(b"%d\n" % me.lines)
            me.close()
        else:
            me.send(data)


class Inkwell:
    """Writes for whom it is lent to."""

    def writable(this):
        # nothing to say, nothing to do
        if not (len(this.out) > 0 or this.is_done):
            return False
        return True

    def handle_write(this):
        this.out = this.out[this.send(this.out) :]
        if this.is_done and not this.out:
            this.close()

    def readable(this):
        return True if this.connected else False


class Notary(Inkwell, asyncore.dispatcher):
    """Seals what it gets, and says so while there is something to say; a full stop is the last that it seals."""

    def __init__(this, sock):
        asyncore.dispatcher.__init__(this, sock)
        this.out = bytearray(b"sealed here\n")
        this.is_done = False

    def handle_read(this):
        data = this.recv(4096)
        this.out.extend(data.replace(b"\n", b" (sealed)\n"))
        if data.endswith(b"."):
            this.is_done = True

    def handle_close(this):
        this.close()


class Clerk(asynchat.async_chat):
    """Has learnt to write in two ways, and has not forgotten the old one."""

    def __init__(s, sock, desk):
        asynchat.async_chat.__init__(s, sock)
        s.desk = desk
        s.line = []
        s.set_terminator(b"\n" if PY3 else "\n")

    def collect_incoming_data(s, data):
        s.line.append(data)

    def found_terminator(s):
        line = b"".join(s.line) if PY3 else "".join(s.line)
        s.line = []
        s.desk.lines += 1
        s.push(b"%d: %s\n" % (s.desk.lines, line))
        if line == b"that is all":
            s.close_when_done()


class Typist(asyncore.dispatcher):
    """Sends in capitals what comes, and does nothing without a name for it."""

    def __init__(self, sock):
        asyncore.dispatcher.__init__(self, sock)
        self.lock = threading.Lock()
        self.out = b""

    def handle_read(self):
        with contextlib.suppress(BlockingIOError):
            if data := self.recv(4096):
                self.type_out(data.upper())

    def type_out(self, data):
        with self.lock:
            self.out += data
        self.flush()

    def writable(self):
        with self.lock:
            return bool(self.out)

    def handle_write(self):
        with self.lock:
            self.flush()

    def flush(self):
        if (sent := self.send(self.out)) > 0:
            self.out = self.out[sent:]


class Desk(asyncore.dispatcher):
    """Errors have never been seen here; if there is one, it closes."""

    hand = None

    def __init__(this, port):
        asyncore.dispatcher.__init__(this)
        this.create_socket()
        this.set_reuse_addr()
        this.bind(("127.0.0.1", port))
        this.listen(5)

    def handle_accepted(this, sock, addr):
        this.hand(sock)

    def handle_error(this):
        traceback.print_exc()
        this.close()


class CopyDesk(Desk):
    hand = Copyist


class SealDesk(Desk):
    hand = Notary


class ClerksDesk(Desk):
    lines = 0

    def handle_accepted(this, sock, addr):
        Clerk(sock, this)


class TypingDesk(asyncore.dispatcher):
    def __init__(this, port):
        asyncore.dispatcher.__init__(this)
        this.create_socket()
        this.bind(("127.0.0.1", port))
        this.listen(5)

    def handle_accept(this):
        pair = this.accept()
        sock, addr = pair if pair is not None else (None, None)
        if sock is None:
            return
        Typist(sock)


if __name__ == "__main__":
    CopyDesk(int(sys.argv[1]))
    SealDesk(int(sys.argv[2]))
    ClerksDesk(int(sys.argv[3]))
    TypingDesk(int(sys.argv[4]))
    asyncore.loop()
