"""A session that others make, of the connections that they accept."""

import asynchat


class StoreSession(asynchat.async_chat):
    def __init__(self, sock, store):
        asynchat.async_chat.__init__(self, sock)
        self.store = store
        self.set_terminator(b"\n")
        self.received = []

    def collect_incoming_data(self, data):
        self.received.append(data)

    def found_terminator(self):
        key = b"".join(self.received)
        self.received = []
        self.push(self.store.get(key, b"?") + b"\n")
