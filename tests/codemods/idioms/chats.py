import asynchat
import pickle
import threading
import time

import requests


class Listed(asynchat.async_chat):  # input.list input.limit input.conditional terminator.bytes terminator.none terminator.changed terminator.read terminator.count terminator.computed-count terminator.line-and-length
    def collect_incoming_data(self, data):
        if len(self.parts) < 10:
            self.parts.append(data)

    def found_terminator(self):
        self.set_terminator(b"\n")
        self.set_terminator(4)
        self.set_terminator(int(self.parts.pop()))
        self.set_terminator(None)
        return self.get_terminator()


class Added(asynchat.async_chat):  # input.concatenation input.decoded-pieces terminator.text terminator.name terminator.encoded terminator.overridden
    def __init__(self, sock, terminator):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator("\n")
        self.set_terminator(terminator)
        self.set_terminator("\n".encode())

    def collect_incoming_data(self, data):
        self.buffer += data.decode()

    def set_terminator(self, terminator):
        pass


class Filed(asynchat.async_chat):  # input.file terminator.class-attribute frame.inherited init.no-base-call
    terminator = b"\0"

    def __init__(self):
        pass

    def collect_incoming_data(self, data):
        self.file.write(data)


class Delegating(asynchat.async_chat):  # input.delegated frame.delegated frame.blocks frame.unpickles time.clock
    def collect_incoming_data(self, data):
        self.parser.feed(data)

    def found_terminator(self):
        self.parser.end(pickle.loads(b""))
        time.sleep(1)
        requests.get("x")
        self.last = time.time()


class Latest(asynchat.async_chat):  # input.overwritten
    def collect_incoming_data(self, data):
        self.latest = data

    def found_terminator(self):
        self.show(self.latest)


class Dropping(asynchat.async_chat):  # input.discarded frame.short frame.raises frame.closes
    def collect_incoming_data(self, data):
        pass

    def found_terminator(self):
        self.close()
        raise ValueError


class Inheriting(Dropping):  # input.inherited bases.deep frame.getattr-dispatch frame.rebound frame.method-state generators.used
    def found_terminator(self):
        getattr(self, "do_" + self.command)()
        self.found_terminator = self.other
        yield 1

    def other(self):
        pass


class Stateful(asynchat.async_chat):  # frame.if-chain frame.state frame.dict-dispatch
    def found_terminator(self):
        if self.state == 0:
            self.state = 1
        elif self.state == 1:
            self.state = 2
        elif self.state == 2:
            self.table[self.command](self)


class Sending(asynchat.async_chat):  # output.push output.formatted-text output.bytes output.push-overridden output.producer output.close-when-done output.greeting output.push-none internals.initiate-send internals.overridden internals.discard-buffers internals.buffers internals.sizes
    ac_in_buffer_size = 10

    def __init__(self, sock):
        super().__init__(sock)
        self.push(b"hello")
        self.push("%s" % sock)
        self.push(None)

    def push(self, data):
        self.push_with_producer(data)
        self.close_when_done()
        self.initiate_send()
        self.discard_buffers()
        self.producer_fifo.clear()

    def refill_buffer(self):
        pass


class Raw(asynchat.async_chat, threading.Thread):  # chat.raw-handlers chat.raw-data listen.chat bases.several bases.thread
    def handle_read(self):
        self.recv(10)

    def start_listening(self):
        self.listen(5)


class Producer:  # producer.class producer.file producer.wrapper producer.sentinel producer.side-effects
    def more(self):
        self.log("more")
        self.file.read(10)
        if self.inner.more():
            return NOT_DONE_YET
        return None
