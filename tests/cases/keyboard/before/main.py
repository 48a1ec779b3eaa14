"""An answering machine whose owner types at it: what is typed goes to every caller, and `quit` ends it."""
import asynchat
import asyncore
import sys

callers = []


class Caller(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\r\n")
        self.received = b""
        callers.append(self)
        self.push(b"speak after the tone\r\n")

    def collect_incoming_data(self, data):
        self.received += data

    def found_terminator(self):
        message, self.received = self.received, b""
        print("caller:", message.decode())
        self.push(b"noted\r\n")

    def handle_close(self):
        callers.remove(self)
        self.close()


class Machine(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            Caller(pair[0])


class Keyboard(asyncore.file_dispatcher):
    def __init__(self, machine):
        asyncore.file_dispatcher.__init__(self, open(0, "rb", buffering=0, closefd=False))
        self.machine = machine

    def writable(self):
        return False

    def handle_read(self):
        for line in self.recv(1024).splitlines():
            if line == b"quit":
                self.machine.close()
                for caller in list(callers):
                    caller.push(b"good bye\r\n")
                    caller.close_when_done()
                self.close()
            else:
                for caller in callers:
                    caller.push(line + b"\r\n")

    def handle_close(self):
        self.close()


def main():
    machine = Machine(int(sys.argv[1]))
    Keyboard(machine)
    asyncore.loop()
    print("switched off")


main()
