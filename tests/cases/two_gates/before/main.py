"""The gates of a town, each of which has a keeper in a thread of his own, and the guard house behind them."""
import asynchat
import asyncore
import socket
import sys
import threading


class Visitor(asynchat.async_chat):
    def __init__(self, sock, map, answer):
        asynchat.async_chat.__init__(self, sock=sock, map=map)
        self.answer = answer
        self.set_terminator(b"\n")
        self.heard = []

    def collect_incoming_data(self, data):
        self.heard.append(data)

    def found_terminator(self):
        line = b"".join(self.heard)
        self.heard = []
        if line == b"pass":
            self.close_when_done()
            return
        self.push(self.answer(line) + b"\n")


class Gate(asyncore.dispatcher):
    def __init__(self, port, answer):
        self.map = {}
        asyncore.dispatcher.__init__(self, map=self.map)
        self.answer = answer
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)
        self.keeper = None
        self.shut = False

    def open(self):
        self.keeper = threading.Thread(target=self.keep)
        self.keeper.start()

    def keep(self):
        while not self.shut:
            asyncore.loop(timeout=0.1, map=self.map, count=1)
        asyncore.close_all(map=self.map)

    def close_up(self):
        self.shut = True
        self.keeper.join()

    def handle_accept(self):
        pair = self.accept()
        if pair is not None:
            sock, addr = pair
            Visitor(sock, self.map, self.answer)


class GuardHouse:
    def __init__(self, ports):
        self.gates = [Gate(port, answer) for port, answer in zip(ports, (self.ask, self.shout))]

    def ask(self, line):
        return b"who is " + line + b"?"

    def shout(self, line):
        return line.upper() + b"!"

    def run(self):
        for gate in self.gates:
            gate.open()
        print("open", flush=True)
        for line in sys.stdin:
            print("guard:", line.strip(), flush=True)
            if line.strip() == "night":
                break
        for gate in self.gates:
            gate.close_up()
        print("shut")


GuardHouse([int(port) for port in sys.argv[1:3]]).run()
