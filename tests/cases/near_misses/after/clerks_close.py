"""A counting house with clerks who may close it: what other threads change, the loop cannot be told of in time."""
from asyncore_bridge import asynchat
from asyncore_bridge import asyncore
import queue
import sys
import threading

sums = queue.Queue()
done = queue.Queue()


def clerk():
    while True:
        item = sums.get()
        if item is None:
            break
        customer, number, words = item
        done.put((customer, number, sum(map(int, words))))
        if not words:
            customer.house.is_open = False


class Customer(asynchat.async_chat):
    def __init__(self, sock, house):
        asynchat.async_chat.__init__(self, sock)
        self.house = house
        self.words = []
        self.numbers = 0
        self.is_here = True
        self.set_terminator(b"\r\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        line = b"".join(self.words).decode("ascii")
        self.words = []
        if line == "close the house":
            self.house.is_open = False
        elif line == "thanks":
            self.close_when_done()
        else:
            self.numbers += 1
            sums.put((self, self.numbers, line.split()))

    def tell(self, number, result):
        if self.is_here:
            self.push(b"%d: %d\r\n" % (number, result))

    def handle_close(self):
        self.is_here = False
        self.close()


class House(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.is_open = True
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Customer(sock, self)

    def trade(self):
        while self.is_open:
            asyncore.loop(timeout=0.05, count=1)
            while not done.empty():
                customer, number, result = done.get()
                customer.tell(number, result)


def main():
    thread = threading.Thread(target=clerk)
    thread.start()
    house = House(int(sys.argv[1]))
    house.trade()
    sums.put(None)
    thread.join()
    asyncore.close_all()
    print("closed")


if __name__ == "__main__":
    main()
