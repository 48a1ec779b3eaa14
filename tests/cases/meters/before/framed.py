"""What every meter's connection has in common."""
import asynchat
import socket
from typing import List


class Framed(asynchat.async_chat):
    ending: bytes = b";"

    def __init__(self, sock: socket.socket, meters: "List[Framed]") -> None:
        asynchat.async_chat.__init__(self, sock)
        self.meters = meters
        self.meters.append(self)
        self.parts: List[bytes] = []
        self.set_terminator(self.ending)

    def collect_incoming_data(self, data: bytes) -> None:
        self.parts.append(data)

    def found_terminator(self) -> None:
        data = b"".join(self.parts)
        self.parts = []
        self.measured(data)

    def measured(self, data: bytes) -> None:
        raise NotImplementedError

    def handle_close(self) -> None:
        self.meters.remove(self)
        if self.parts:
            print("cut off:", b"".join(self.parts).decode())
        self.close()
