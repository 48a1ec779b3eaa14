"""A matinee that goes on until somebody rings the bell, which is Ctrl-C."""
import asyncore
import sys

from stage import House


class Theatre:
    def __init__(self, port):
        self.house = House(port)

    def play(self):
        """Play to whoever is there."""
        print("the play begins")
        sys.stdout.flush()
        asyncore.loop(timeout=1)

    def close(self):
        self.house.curtain()
        self.house.close()
        print("the curtain falls")


theatre = Theatre(int(sys.argv[1]))
try:
    theatre.play()
except KeyboardInterrupt:
    print("the bell")
finally:
    theatre.close()
