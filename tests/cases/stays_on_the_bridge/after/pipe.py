import sys
from asyncore_bridge import asyncore as loop_module


class Keyboard(loop_module.file_dispatcher):
    def handle_read(self):
        print(self.recv(100))


Keyboard(sys.stdin)
loop_module.loop()
