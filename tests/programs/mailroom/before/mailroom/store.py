"""Who has which letters."""


class Locked(Exception):
    pass


class Store:

    def __init__(self):
        self.boxes = {}
        self.locked = set()

    def deliver(self, name, text):
        self.boxes.setdefault(name, []).append(text)

    def open(self, name):
        if name in self.locked:
            raise Locked(name)
        self.locked.add(name)
        return list(self.boxes.get(name, ()))

    def release(self, name, letters=None):
        self.locked.discard(name)
        if letters is not None:
            self.boxes[name] = [letter for letter in letters if letter is not None]
