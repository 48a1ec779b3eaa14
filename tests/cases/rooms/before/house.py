import sys
from asyncore import dispatcher, loop

from rooms.guests import Guest
from rooms.places import Salon


class House(dispatcher):

    def __init__(self, port):
        dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("localhost", port))
        self.listen(5)
        self.people = {}
        self.salon = Salon(self)

    def handle_accept(self):
        conn, addr = self.accept()
        Guest(self, conn)


if __name__ == "__main__":
    house = House(int(sys.argv[1]))
    try:
        loop()
    except KeyboardInterrupt:
        print("%d still inside" % len(house.people))
