"""A relay race over connections that are there before the loop runs."""

import asyncio
import socket
import sys

from runners import Runner, Starter


class Loud(Runner):
    def __init__(self, sock, name):
        Runner.__init__(self, sock, name)
        self.laps = 0

    def told(self, line):
        self.laps += 1
        print(self.name, "hears", line, flush=True)
        if line == "stop":
            self.say("%d laps" % self.laps)
            self.writer.close()

    def saying(self, text):
        print(self.name, "says", text, flush=True)


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


def main():
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
        runner = Loud(sock, "ann")
        runner.say("hello")
        starter = Starter(int(sys.argv[2]), [runner])
        asyncio.run(run_all(runner.run(), starter.run()))
    print("over after", runner.laps, "laps,", len(starter.others), "took part", flush=True)


if __name__ == "__main__":
    main()
