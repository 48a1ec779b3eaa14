"""A signal box: levers report at one port, and the office at the other has wires watched, and shuts the box."""
import asynchat
import asyncore
import socket
import subprocess
import sys


class Lever(asyncore.dispatcher):
    """Answers with its position, and closes when all is said."""

    def __init__(self, sock, box):
        asyncore.dispatcher.__init__(self, sock)
        self.box = box
        self.heard = b""
        self.out = b""
        self.closing = False

    def say(self, text):
        self.out += text + b"\n"

    def handle_read(self):
        self.heard += self.recv(512)
        while b"\n" in self.heard and not self.closing:
            line, self.heard = self.heard.split(b"\n", 1)
            self.box.log.append(line.decode("ascii"))
            if line == b"leave":
                self.say(b"left")
                self.closing = True
            else:
                self.say(b"is " + line)

    def writable(self):
        return bool(self.out) or self.closing

    def handle_write(self):
        sent = self.send(self.out)
        self.out = self.out[sent:]
        if self.closing and not self.out:
            self.handle_close()

    def handle_close(self):
        self.box.levers.remove(self)
        self.close()
        print("lever gone")


class Wire(asyncore.file_dispatcher):
    """What comes over a wire goes to the office that has it watched."""

    def __init__(self, office, child):
        asyncore.file_dispatcher.__init__(self, child.stdout)
        self.office = office
        self.child = child
        self.rest = b""

    def writable(self):
        return False

    def handle_read(self):
        self.rest += self.recv(512)
        while b"\n" in self.rest:
            line, self.rest = self.rest.split(b"\n", 1)
            self.office.tell("wire: " + line.decode("ascii"))

    def handle_close(self):
        self.close()
        self.office.cut(self)

    def cut(self):
        self.close()
        self.child.kill()
        self.child.communicate()


class Office(asynchat.async_chat):
    def __init__(self, sock, house):
        asynchat.async_chat.__init__(self, sock)
        self.house = house
        self.wires = []
        self.words = []
        self.set_terminator(b"\n")

    def tell(self, text):
        self.push(text.encode("ascii") + b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        command, _, rest = b"".join(self.words).decode("ascii").partition(" ")
        self.words = []
        if command == "log":
            self.tell(", ".join(self.house.box.log[-3:]) or "nothing")
        elif command == "watch":
            code = "import time\nprint(%r, flush=True)\ntime.sleep(%d)" % (rest, 60 * (rest == "for ever"))
            child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
            self.wires.append(Wire(self, child))
            if rest == "no more":
                self.wires.pop().cut()
            self.tell("watched")
        elif command == "shut":
            self.tell("shutting")
            self.house.shut()
        else:
            self.tell("what?")

    def cut(self, wire):
        self.wires.remove(wire)
        wire.child.communicate()
        self.tell("the wire is cut")

    def handle_close(self):
        for wire in self.wires:
            wire.cut()
        self.close()


class Box(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.levers = []
        self.log = []
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.levers.append(Lever(sock, self))


class House(asyncore.dispatcher):
    """Where the office is: knows the box, and may shut it."""

    def __init__(self, port, box):
        asyncore.dispatcher.__init__(self)
        self.box = box
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Office(sock, self)

    def shut(self):
        for lever in self.box.levers:
            lever.say(b"the box is shut")
            lever.closing = True
        self.box.close()
        self.close()


if __name__ == "__main__":
    box = Box(int(sys.argv[1]))
    House(int(sys.argv[2]), box)
    asyncore.loop()
    print("all is quiet")
