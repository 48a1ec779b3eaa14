"""A hotel that wakes its guests: timers by hand, in a list that the loop asks how long it may sleep."""
import asynchat
import asyncore
import heapq
import socket
import sys
import time


class Alarms:
    def __init__(self):
        self.heap = []
        self.rung = 0

    def at(self, seconds, ring):
        heapq.heappush(self.heap, (time.time() + seconds, len(self.heap), ring))

    def sleep(self, most):
        if not self.heap:
            return most
        return max(0, min(most, self.heap[0][0] - time.time()))

    def ring(self):
        while self.heap and self.heap[0][0] <= time.time():
            ring = heapq.heappop(self.heap)[2]
            self.rung += 1
            ring(self.rung)


class Guest(asynchat.async_chat):
    asleep = []

    def __init__(self, sock, alarms):
        asynchat.async_chat.__init__(self, sock)
        self.alarms = alarms
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        word = b"".join(self.words)
        self.words = []
        if word == b"wake me":
            Guest.asleep.append(self)
            self.alarms.at(0.3, self.wake)
        elif word == b"check out":
            Hotel.open = False
        else:
            self.push(b"who sleeps: %d\n" % len(Guest.asleep))

    def wake(self, number):
        self.push(b"good morning, %d\n" % number)
        Guest.asleep.remove(self)


class Reception:
    """Takes guests in, for whom the hotel opens its door."""

    def __init__(self, alarms):
        self.alarms = alarms
        self.guests = []

    def check_in(self, sock):
        guest = Guest(sock, self.alarms)
        self.guests.append(guest)
        print("guest", len(self.guests), flush=True)


class Hotel(asyncore.dispatcher):
    open = True

    def __init__(self, port, reception):
        asyncore.dispatcher.__init__(self)
        self.reception = reception
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.reception.check_in(sock)


def lights(number):
    print("lights on", number, flush=True)


def night(alarms):
    """The night ends when somebody checks out and nobody sleeps."""
    Hotel(int(sys.argv[1]), Reception(alarms))
    alarms.at(0.1, lights)
    while Hotel.open or Guest.asleep:
        asyncore.loop(alarms.sleep(30), count=1)
        alarms.ring()
    asyncore.close_all()
    print("morning", flush=True)


if __name__ == "__main__":
    night(Alarms())
