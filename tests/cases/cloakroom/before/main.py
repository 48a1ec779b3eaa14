"""Hands out cloakroom tickets, each with a counter (a socket) of its own where the coat is fetched again."""
import sys

from counters import Cloakroom
from service import serve


def main():
    port, *others = [int(arg) for arg in sys.argv[1:]]
    room = Cloakroom(port, others)
    print("open")
    serve()
    print("coats left:", len(room.coats))


if __name__ == "__main__":
    main()
