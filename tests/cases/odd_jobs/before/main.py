"""Hands out jobs between the passes of the loop, two at a time, for as long as anybody works."""
import asyncore
import sys

from errands import Errand, reports


def main():
    port = int(sys.argv[1])
    jobs = sys.argv[2:]
    handed_out = 0
    while jobs or asyncore.socket_map:
        if jobs and len(Errand.out) < 2:
            Errand(port, jobs.pop(0))
            handed_out += 1
        asyncore.loop(timeout=0.05, count=1)
    print("handed out:", handed_out)
    for name in sorted(reports):
        print(name, reports[name])


if __name__ == "__main__":
    main()
