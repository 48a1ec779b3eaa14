import asyncio
import socket
import sys

from lessons import Attendance, Lesson, listed, logged


@listed
class Sums(Lesson, Attendance):
    """Adds numbers, a few times."""

    def __init__(self, reader, writer, school):
        Lesson.__init__(self, reader, writer)
        Attendance.__init__(self, most=2)
        self.school = school

    def answer(self, line):
        if not self.answered():
            self.push(b"enough for today\n")
            self.close_when_done()
            return
        self.push(b"%d\n" % sum(int(word) for word in line.split()))

    def handle_close(self):
        print("sums over after", self.answers, flush=True)
        self.close()


class Spelling(Attendance, Lesson):
    def __init__(self, reader, writer, school):
        Attendance.__init__(self)
        Lesson.__init__(self, reader, writer)
        self.school = school
        self.host = self.conn.getpeername()[0]

    def answer(self, line):
        self.push(self.host.encode() + b": " + b"-".join(line[i : i + 1] for i in range(len(line))) + b"\n")


class Dictation(Spelling):
    def answer(self, line):
        super().answer(line.upper())
        self.push(b"next\n")


class Roll:
    """Counts those who come."""

    def __init__(self, first):
        self.number = first

    def next_number(self):
        self.number += 1
        return self.number


@logged
class School(Roll):
    lesson = None

    def __init__(self, port):
        Roll.__init__(self, 100)
        self.socket = socket.create_server(("127.0.0.1", port), backlog=5)
        print("listed:", self.lesson.is_listed, flush=True)

    async def serve_forever(self):
        server = await asyncio.start_server(self.handle_accepted, sock=self.socket)
        await server.wait_closed()

    async def handle_accepted(self, reader, writer):
        addr = writer.get_extra_info("peername")
        self.speak_for(self.lesson.__name__)
        self.log.info("pupil from %s", addr)
        print("pupil", self.next_number(), self.log.name, flush=True)
        await self.lesson(reader, writer, self).run()


class SumSchool(School):
    lesson = Sums


class SpellingSchool(School):
    lesson = Spelling


class DictationSchool(School):
    lesson = Dictation


async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)


if __name__ == "__main__":
    server1 = SumSchool(int(sys.argv[1]))
    server2 = SpellingSchool(int(sys.argv[2]))
    server3 = DictationSchool(int(sys.argv[3]))
    asyncio.run(run_all(server1.serve_forever(), server2.serve_forever(), server3.serve_forever()))
