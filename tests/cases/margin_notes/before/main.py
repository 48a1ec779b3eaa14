"""A reader of proofs: every line of it has a comment, a type, or both."""

import socket
import sys
from typing import List, Tuple

# Python 2 called it the same
if sys.version_info[0] >= 3:
    import asynchat
    import asyncore
else:
    import asynchat
    import asyncore


class Proofs(asynchat.async_chat):
    """One author's proofs."""

    pieces: List[bytes]

    # ---- the beginning ----

    def __init__(self, sock: socket.socket, addr: Tuple[str, int]) -> None:
        # the base class only wants the socket
        asynchat.async_chat.__init__(self, sock)

        # what is known of the author
        self.pieces = []  # of a line, which may be long: see the house rules, 2.3
        self.addr = addr
        self.lines = 0
        # typewriters from before 1998 send a bare LF
        self.set_terminator(b"\n")

    # ---- reading ----

    # as much as comes
    def collect_incoming_data(self, data: bytes) -> None:
        self.pieces.append(data)

    def found_terminator(self) -> None:
        # do not strip: blanks are corrected, too
        line = b"".join(self.pieces)  # without its LF
        self.pieces = []  # for the next one
        # counted from one
        self.lines += 1
        self.push(b"%d %s\n" % (self.lines, line.replace(b"teh", b"the")))

    # ---- never used ----

    # it is always open to more
    def readable(self) -> bool:
        return True

    # ---- the end ----

    def handle_close(self) -> None:
        print(self.lines, "lines")  # for the invoice
        self.close()


class Desk(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)

        # only ever on this machine
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()  # since the restart of 2009-03-01
        self.bind(("127.0.0.1", port))
        self.received = 0
        # few authors, and patient ones
        self.listen(5)

    # ---- accepting ----
    def handle_accept(self):
        pair = self.accept()  # None if the author has gone again
        # see ticket 12
        if pair is not None:
            sock, addr = pair
            # counted before they have said anything
            self.received += 1
            Proofs(sock, addr)


Desk(int(sys.argv[1]))
# until somebody stops it
asyncore.loop()
