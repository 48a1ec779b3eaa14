import asyncio
import sys

from offices import Clerk, Counter, Office


class Stamping(Clerk):
    def handle(self, form):
        self.writer.write(b"stamped: " + form + b"\n")


class Refusing(Clerk):
    def handle(self, form):
        self.writer.write(b"no\n")
        self.writer.close()


class Counting(Clerk):
    def handle(self, form):
        self.writer.write(b"%d clerks\n" % len(self.office.clerks))


class TownHall(Office):
    async def receive(self, reader, writer, addr):
        self.last = addr
        await Stamping(reader, writer, self).run()


class Patience(Counter):
    def make_clerk(self, reader, writer):
        return Counting(reader, writer, self)


class Impatience(Counter):
    def make_clerk(self, reader, writer):
        return Refusing(reader, writer, self)


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    server1 = TownHall(int(sys.argv[1]))
    server2 = Patience(int(sys.argv[2]))
    waiting = {"patience": server2}
    server3 = Impatience(int(sys.argv[3]))
    waiting["impatience"] = server3
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever(), server3.serve_forever()))
