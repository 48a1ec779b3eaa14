"""The command."""

import argparse
import sys

from .server import Counter


def main(argv=None):
    parser = argparse.ArgumentParser(prog="luggage")
    parser.add_argument("port", type=int)
    counter = Counter(parser.parse_args(argv).port)
    try:
        counter.serve_forever()
    except KeyboardInterrupt:
        print("closed", flush=True)
        counter.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
