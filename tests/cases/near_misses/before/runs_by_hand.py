"""A pipe that a session opens, whose class has a run() of its own."""
import asyncore
import subprocess


class Wire(asyncore.file_dispatcher):
    def __init__(self, file):
        asyncore.file_dispatcher.__init__(self, file)

    def writable(self):
        return False

    def handle_read(self):
        print(self.recv(512))

    def run(self):
        print("running")


class Desk(asyncore.dispatcher_with_send):
    def handle_read(self):
        command = self.recv(512)
        if command:
            child = subprocess.Popen([command], stdout=subprocess.PIPE)
            Wire(child.stdout).run()


class Office(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Desk(sock)


Office(7000)
asyncore.loop()
