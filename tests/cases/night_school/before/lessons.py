"""What all lessons have in common."""
import abc
import asynchat
import logging


def logged(target):
    """Give a class a logger of its own, and a method that says who it speaks for."""
    name = target.__name__

    def speak_for(self, whom):
        self.log.name = f"{name} of {whom}"

    target.log = logging.getLogger(name)
    target.speak_for = speak_for
    return target


def listed(lesson):
    """Have a lesson stand in the timetable."""
    lesson.is_listed = True
    return lesson


class Attendance:
    """Knows how often somebody answered."""

    def __init__(self, most=3):
        self.most = most
        self.answers = 0

    def answered(self):
        self.answers += 1
        return self.answers <= self.most


class Lesson(asynchat.async_chat, abc.ABC):
    """Talks line by line; what is said is the teacher's affair."""

    is_listed = False

    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.conn, self.seat = sock, None
        self.conn.setsockopt(6, 1, 1)
        self.pieces = []
        self.set_terminator(b"\n")

    def collect_incoming_data(self, data):
        self.pieces.append(data)

    def found_terminator(self):
        line = b"".join(self.pieces)
        self.pieces = []
        self.answer(line)

    @abc.abstractmethod
    def answer(self, line):
        """Say something to *line*."""
