"""usage: main.py PORT OTHERPORT"""

import asyncio
import sys

from relay.lines import tasks
from relay.station import Station


def main():
    asyncio.run(tasks.run(Station(int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2]))).serve_forever()))


if __name__ == "__main__":
    main()
