"""usage: main.py PORT OTHERPORT"""

import asyncore
import sys

from relay.station import Station


def main():
    Station(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2])))
    asyncore.loop()


if __name__ == "__main__":
    main()
