"""A kitchen whose cooks are threads: they call out what is ready, and so does the clock."""
import asynchat
import asyncore
import queue
import socket
import sys
import threading
import time

orders = queue.Queue()


class Cook(threading.Thread):
    daemon = True

    def run(self):
        while True:
            guest, dish = orders.get()
            time.sleep(0.02)
            guest.push(b"here is your " + dish + b"\n")
            guest.served(dish)


class Guest(asynchat.async_chat):
    def __init__(self, sock, table):
        asynchat.async_chat.__init__(self, sock)
        self.table = table
        self.eaten = []
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        dish = b"".join(self.words)
        self.words = []
        if dish == b"toast":
            threading.Timer(0.1, self.push, [b"the toaster clicks\n"]).start()
        elif dish == b"advice":
            threading.Thread(target=self.think, args=(self.table,)).start()
        elif dish == b"bill":
            self.push(b" ".join(self.eaten) + b"\n")
            self.close_when_done()
        else:
            orders.put((self, dish))

    def served(self, dish):
        self.eaten.append(dish)

    def think(self, table):
        time.sleep(0.02)
        thought = b"at table %d, soup" % table
        self.push(thought + b"\n")


class Kitchen(asyncore.dispatcher):
    tables = 0

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        self.tables += 1
        Guest(sock, self.tables)


Kitchen(int(sys.argv[1]))
Cook().start()
asyncore.loop()
