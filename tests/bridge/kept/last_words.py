"""What was pushed before a process ends, in the middle of a packet, has been sent: however it ends.

Also before anything that happens after it: a close, a wait for the peer, a look at the queue, another one's send.
"""

import asynchat
import asyncore
import os
import signal
import sys

from _drive import Peer, nested, note, run, until


class Chat(asynchat.async_chat):
    other = None

    def __init__(self, peer):
        asynchat.async_chat.__init__(self, peer.near)
        self.peer = peer
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.line = data

    def found_terminator(self):
        self.push(b"<" + self.line + b">")
        act = getattr(self, self.line.decode(), None)
        if act is not None:
            act()

    def os_exit(self):
        os._exit(3)

    def sys_exit(self):
        sys.exit(4)

    def exit_now(self):
        raise asyncore.ExitNow

    def interrupt(self):
        signal.raise_signal(signal.SIGINT)

    def execute(self):
        os.execv(sys.executable, [sys.executable, "-c", "pass"])

    def execute_as(self):
        os.execlpe(sys.executable, sys.executable, "-c", "pass", {})

    def fork(self):
        if not os.fork():
            os._exit(0)
        os.wait()

    def wait(self):
        """As a program that asks its peer something, and blocks until it hears."""
        self.socket.setblocking(True)
        note("  the peer has", self.peer.hears())
        self.peer.sock.send(b"answer")
        note("  it says", self.socket.recv(100))
        self.socket.setblocking(False)

    def send_directly(self):
        self.send(b"[direct]")

    def send_by_socket(self):
        self.socket.send(b"[socket]")

    def look(self):
        note("  in the queue", len(self.producer_fifo), "the peer has", self.peer.hears())

    def tell(self):
        self.other.push(b"told")
        note("  the peer has", self.peer.hears(), "the other's has", self.other.peer.hears())

    def nested_pass(self):
        nested(asyncore.loop, timeout=0, count=1)
        note("  the peer has", self.peer.hears())

    def shut(self):
        self.close()

    def leave(self):
        self.del_channel()
        note("  the peer has", self.peer.hears())
        self._fileno = self.socket.fileno()
        self.add_channel()

    def drop(self):
        del asyncore.socket_map[self._fileno]

    def done(self):
        self.close_when_done()


for ending in ("os_exit", "sys_exit", "exit_now", "interrupt", "execute", "execute_as"):
    note(ending)
    peer = Peer()
    child = os.fork()
    if not child:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        chat = Chat(peer)
        try:
            peer.says(b"before\n")
            peer.sock.send(b"a\nb\n" + ending.encode() + b"\nc\n")
            until(lambda: False)
        except asyncore.ExitNow:
            os._exit(5)
        except KeyboardInterrupt:
            os._exit(6)
        except SystemExit as exc:
            os._exit(exc.code)
    peer.near.close()
    status = os.waitpid(child, 0)[1]
    note(" ", os.WEXITSTATUS(status) if os.WIFEXITED(status) else status, peer.hears())

for ending in [
    "fork",
    "wait",
    "send_directly",
    "send_by_socket",
    "look",
    "tell",
    "nested_pass",
    "shut",
    "leave",
    "drop",
    "done",
]:
    note(ending)
    peer = Peer()
    chat = Chat(peer)
    chat.other = Chat(Peer())
    peer.says(b"before\n")
    chat.other.peer.says(b"before\n")
    peer.says(b"a\nb\n" + ending.encode() + b"\nc\n")
    note(" ", peer.hears(), chat.connected)
    chat.close()
    chat.other.close()
run()
