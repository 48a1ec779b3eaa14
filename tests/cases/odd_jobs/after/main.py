"""Hands out jobs between the passes of the loop, two at a time, for as long as anybody works."""
import asyncio
import sys

from errands import Errand, reports, tasks


def main():
    port = int(sys.argv[1])
    jobs = sys.argv[2:]
    handed_out = 0

    async def serve():
        nonlocal handed_out
        tasks.begin()
        while jobs or tasks.running:
            if jobs and len(Errand.out) < 2:
                tasks.start(Errand(port, jobs.pop(0)))
                handed_out += 1
            await tasks.wait(0.05)

    asyncio.run(serve())
    print("handed out:", handed_out)
    for name in sorted(reports):
        print(name, reports[name])


if __name__ == "__main__":
    main()
