"""Post boxes over TCP.  usage: main.py PORT"""
import asyncore
import sys

from mailroom.server import PostServer
from mailroom.store import Store


def main():
    store = Store()
    store.deliver("ann", "Hello Ann.\n.\n..two dots\nBye")
    store.deliver("ann", "")
    store.deliver("bob", "x" * 30)
    PostServer(("127.0.0.1", int(sys.argv[1])), store)
    asyncore.loop(30.0)


if __name__ == "__main__":
    main()
