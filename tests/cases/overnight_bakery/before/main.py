import asynchat
import asyncore
import queue
import socket
import sys
import threading
import time


class Customer(asynchat.async_chat):
    def __init__(self, sock, orders, shop):
        asynchat.async_chat.__init__(self, sock)
        self.orders = orders
        self.shop = shop
        self.done = []
        self.words = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        order = b"".join(self.words)
        self.words = []
        if order == b"closing time":
            self.shop.close()
            self.close()
        else:
            self.orders.put((self, order))

    def note(self, order):
        self.done.append(order)


class Shop(asyncore.dispatcher):
    def __init__(self, port, orders):
        asyncore.dispatcher.__init__(self)
        self.orders = orders
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)

    def handle_accepted(self, sock, addr):
        Customer(sock, self.orders, self)


def bake(orders):
    while True:
        order = orders.get()
        if order is None:
            break
        customer, bread = order
        time.sleep(0.05)
        print("baked", bread.decode(), flush=True)
        customer.push(b"your " + bread + b"\n")
        customer.note(bread)
    print("the oven is off", flush=True)


def main(port):
    orders = queue.Queue()
    baker = threading.Thread(target=bake, args=(orders,))
    baker.start()
    Shop(port, orders)
    asyncore.loop()
    print("the door is shut", flush=True)
    orders.put(None)
    baker.join()


main(int(sys.argv[1]))
