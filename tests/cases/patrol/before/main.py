"""A patrol walks its rounds: it asks every gate whether all is well, and does not wait for ever."""
import asyncore
import sys
import time

PATIENCE = 0.5


class Gate(asyncore.dispatcher):
    def __init__(self, port, report):
        asyncore.dispatcher.__init__(self)
        self.number = len(report)
        self.report = report
        self.report.append("silent")
        self.patience = time.monotonic() + PATIENCE
        self.question = b"all well?\n"
        self.create_socket()
        self.connect(("127.0.0.1", port))

    def handle_read(self):
        self.report[self.number] = self.recv(100).decode().strip()
        self.close()

    def writable(self):
        return not self.connected or len(self.question) > 0

    def handle_write(self):
        sent = self.send(self.question)
        self.question = self.question[sent:]

    def handle_close(self):
        self.close()


def walk(number, ports):
    report = []
    gates = [Gate(port, report) for port in ports]
    while asyncore.socket_map:
        asyncore.loop(timeout=0.1, count=1)
        for gate in gates:
            if gate.connected and time.monotonic() > gate.patience:
                gate.close()
    print("round %d: %s" % (number, ", ".join(report)))


def main():
    ports = [int(argument) for argument in sys.argv[1:]]
    for number in (1, 2):
        walk(number, ports)


main()
