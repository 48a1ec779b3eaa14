"""A night desk: calls are answered by a thread, while the porter types at the main one until he goes home."""
import asynchat
import asyncore
import sys
import threading


class Call(asynchat.async_chat):
    def __init__(self, sock, desk):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b"\r\n")
        self.received = []
        self.desk = desk

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        room = b"".join(self.received)
        self.received = []
        self.desk.calls += 1
        self.push(b"room " + room + b": " + self.desk.note.encode() + b"\r\n")


class Desk(asyncore.dispatcher):
    calls = 0
    note = "sleeping"

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Call(sock, self)


def main():
    desk = Desk(int(sys.argv[1]))
    thread = threading.Thread(target=asyncore.loop, kwargs={"timeout": 0.5}, name="desk")
    thread.daemon = True
    thread.start()
    for line in sys.stdin:
        if line.strip() == "home":
            break
        if line.strip() == "last calls":
            desk.close()
            thread.join()
            break
        print("calls so far:", desk.calls)
        sys.stdout.flush()
    print("good night")


if __name__ == "__main__":
    main()
