"""A prompter's box for rehearsals: a listener that is its own thread, told to end by the stage manager at the keyboard."""
import asynchat
import asyncore
import socket
import sys
import threading


class Prompter(asynchat.async_chat):
    def __init__(self, conn):
        asynchat.async_chat.__init__(self, conn)
        self.set_terminator(b"\r\n")
        self.heard = []
        self.last_cue = None
        self.say("ready")

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        line = b"".join(self.heard).decode("latin-1")
        self.heard = []
        cue, _, rest = line.partition(" ")
        self.last_cue = cue
        method = getattr(self, "cue_" + cue.lower(), None)
        if method is None:
            self.say("what is %r?" % cue)
        else:
            method(rest)

    def handle_error(self):
        raise

    def say(self, text):
        self.push(text.encode("latin-1") + b"\r\n")

    def cue_line(self, rest):
        self.say("to be or " + rest)

    def cue_exit(self, rest):
        self.say("exeunt")
        self.close_when_done()


class Box(asyncore.dispatcher, threading.Thread):
    prompter = Prompter

    def __init__(self, address, family=socket.AF_INET):
        threading.Thread.__init__(self)
        asyncore.dispatcher.__init__(self)
        self.create_socket(family, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(address)
        self.listen(5)
        self.active = False
        self.lock = threading.Lock()
        self.host, self.port = self.socket.getsockname()[:2]
        self.last = None

    def start(self):
        assert not self.active
        self.__begun = threading.Event()
        threading.Thread.start(self)
        self.__begun.wait()

    def run(self):
        self.active = True
        self.__begun.set()
        while self.active and asyncore.socket_map:
            self.lock.acquire()
            asyncore.loop(timeout=0.1, count=1)
            self.lock.release()
        asyncore.close_all(ignore_all=True)

    def stop(self):
        assert self.active
        self.active = False
        self.join()

    def handle_accept(self):
        conn, addr = self.accept()
        self.last = self.prompter(conn)

    def handle_connect(self):
        self.close()

    handle_read = handle_connect

    def writable(self):
        return 0

    def handle_error(self):
        raise


def main():
    box = Box(("127.0.0.1", int(sys.argv[1])))
    box.start()
    print("rehearsing at", box.port == int(sys.argv[1]), flush=True)
    for line in sys.stdin:
        if line.strip() == "curtain":
            break
        print("manager:", line.strip(), flush=True)
    box.stop()
    try:
        socket.create_connection((box.host, box.port)).close()
        print("somebody is still in the box")
    except ConnectionRefusedError:
        print("the box is empty")


if __name__ == "__main__":
    main()
