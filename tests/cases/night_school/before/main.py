import asyncore
import sys

from lessons import Attendance, Lesson, listed, logged


@listed
class Sums(Lesson, Attendance):
    """Adds numbers, a few times."""

    def __init__(self, sock, school):
        Lesson.__init__(self, sock)
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
    def __init__(self, sock, school):
        Attendance.__init__(self)
        Lesson.__init__(self, sock)
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
class School(asyncore.dispatcher, Roll):
    lesson = None

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        Roll.__init__(self, 100)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(("127.0.0.1", port))
        self.listen(5)
        print("listed:", self.lesson.is_listed, flush=True)

    def handle_accepted(self, sock, addr):
        self.speak_for(self.lesson.__name__)
        self.log.info("pupil from %s", addr)
        print("pupil", self.next_number(), self.log.name, flush=True)
        self.lesson(sock, self)


class SumSchool(School):
    lesson = Sums


class SpellingSchool(School):
    lesson = Spelling


class DictationSchool(School):
    lesson = Dictation


if __name__ == "__main__":
    SumSchool(int(sys.argv[1]))
    SpellingSchool(int(sys.argv[2]))
    DictationSchool(int(sys.argv[3]))
    asyncore.loop()
