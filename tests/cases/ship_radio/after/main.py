"""A ship calls the coast station, and does what it is told; when that is over, it is in distress, and says only that."""

import asyncio
import sys

from distress import Distress
from radio import Radio


def main():
    station, coast_guard = (("127.0.0.1", int(port)) for port in sys.argv[1:])
    radio = Radio("albatross")
    print("on air:", radio.connected)
    radio.call_station(station)
    asyncio.run(radio.run())
    print("on air:", radio.connected)
    caller = Distress(coast_guard)
    caller.push(b"MAYDAY\n")
    caller.close_when_done()
    caller.push(b"MAYDAY AGAIN\n")
    asyncio.run(caller.run())
    print("over")


if __name__ == "__main__":
    main()
