"""Score boards all over town: whoever reports a goal has it shown on each, by way of its socket."""
import asynchat
import asyncore
import sys

boards = []
goals = {}


def show(team):
    goals[team] = goals.get(team, 0) + 1
    dark = []
    for board in boards:
        try:
            board.send(b"%s %d\n" % (team, goals[team]))
        except OSError:
            dark.append(board)
            continue
        print("shown", team.decode())
    for board in dark:
        boards.remove(board)
        print("a board is dark,", len(boards), "are lit")


class Board(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.data = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.data.append(data)

    def found_terminator(self):
        team = b"".join(self.data)
        self.data = []
        show(team)
        if team == b"nobody":
            self.close()


class Stadium(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accept(self):
        sock, addr = self.accept()
        boards.append(sock)
        sock.send(b"board %d\n" % len(boards))
        Board(sock)


Stadium(int(sys.argv[1]))
asyncore.loop()
