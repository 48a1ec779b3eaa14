"""The functions that rewritten code calls: written once into each file that needs them, and nowhere else."""

from __future__ import annotations

# What several of them end with: each stands alone where it is written.
_UNTIL = """\
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data.removesuffix(terminator))
"""
_MORE = """\
    if not piece and not complete:
        received = await reader.read(limit)
        if not received:
            raise asyncio.IncompleteReadError(b"", None)
        if not writer.is_closing():  # we handle nothing more once we are closing
            unread += received
    return piece, complete
"""

READ_UNTIL = (
    '''\
async def read_until(reader, terminator):
    """Return the data before *terminator*, however long: asynchat had no limit."""
'''
    + _UNTIL
)

READ_FRAME = (
    '''\
async def read_frame(reader, terminator):
    """Return the next frame: *terminator* is the delimiter, or the frame's length in bytes."""
    if isinstance(terminator, int):
        return await reader.readexactly(terminator)
'''
    + _UNTIL
)

READ_ANY_FRAME = (
    '''\
async def read_frame(reader, terminator):
    """Return the next frame: *terminator* is the delimiter, or the frame's length in bytes."""
    if not terminator:  # None, 0 or empty: nothing but the end of the connection ends this frame
        while await reader.read(65536):
            pass
        raise asyncio.IncompleteReadError(b"", None)
    if isinstance(terminator, int):
        return await reader.readexactly(terminator)
'''
    + _UNTIL
)

READ_COUNTED = '''\
async def read_counted(reader, size):
    """Return the next *size* bytes."""
    if not size:  # None or 0: nothing but the end of the connection ends this frame
        while await reader.read(65536):
            pass
        raise asyncio.IncompleteReadError(b"", None)
    return await reader.readexactly(size)
'''

READ_PIECE = (
    '''\
async def read_piece(reader, writer, unread, delimiter, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size, complete = unread.find(delimiter), delimiter in unread
    if not complete:  # the delimiter may have come in part
        begun = (n for n in range(len(delimiter) - 1, 0, -1) if unread.endswith(delimiter[:n]))
        size = len(unread) - next(begun, 0)
    piece = bytes(unread[:size])
    del unread[: size + len(delimiter) if complete else size]
'''
    + _MORE
)

READ_OPEN_PIECE = (
    '''\
async def read_piece(reader, writer, unread, delimiter, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size = unread.find(delimiter) if delimiter else -1
    complete = size >= 0
    if not complete:  # the delimiter, if there is one, may have come in part
        begun = (n for n in range(len(delimiter or b"") - 1, 0, -1) if unread.endswith(delimiter[:n]))
        size = len(unread) - next(begun, 0)
    piece = bytes(unread[:size])
    del unread[: size + len(delimiter) if complete else size]
'''
    + _MORE
)

READ_ANY_PIECE = (
    '''\
async def read_piece(reader, writer, unread, terminator, limit=65536):
    """Return what *unread* has of a frame, and whether that ends it; if it has nothing, wait for more."""
    size, complete = len(unread), False
    if terminator and isinstance(terminator, int):  # the length in bytes
        size, complete = min(size, terminator), size >= terminator
    elif terminator and terminator in unread:
        size, complete = unread.find(terminator), True
    elif terminator:  # it may have come in part
        begun = (n for n in range(len(terminator) - 1, 0, -1) if unread.endswith(terminator[:n]))
        size -= next(begun, 0)
    piece = bytes(unread[:size])
    del unread[:size]
    if complete and not isinstance(terminator, int):
        del unread[: len(terminator)]
'''
    + _MORE
)

# The same for sessions that look for one another. asyncore accepted first, then read: whoever had connected heard
# what was said from then on. asyncio takes three turns of the event loop to run the callback of start_server(), and
# one to wake who waits for input. So these wait, once for whatever has been received together, as asyncore would
# have handled it, but not at the end: who is closed may be the last that keeps the event loop. A StreamReader does
# not tell what it has received; what is behind a frame is kept apart here.
RECEIVE_SOME = '''\
async def receive_some(reader, size=65536):
    """Return what comes next. Whoever connected before that is there by then: asyncore accepted before it read."""
    data = await reader.read(size)
    for _ in range(3 if data else 0):  # the turns of the event loop that a new connection takes to become a session
        await asyncio.sleep(0)
    return data
'''
# And for protocols, which are called a turn earlier than who waits for a reader.
CALL_IN_TURN = '''\
def call_in_turn(function, *args):
    """Call *function* when whoever connected before is there, in four turns of the event loop."""
    call_soon = asyncio.get_running_loop().call_soon
    call_soon(call_soon, call_soon, call_soon, function, *args)
'''
_RECEIVE_DELIMITED = """\
    searched = 0
    while (size := unread.find(terminator, searched)) < 0:
        searched = max(len(unread) - len(terminator) + 1, 0)
        if not (received := await receive_some(reader)):
            raise asyncio.IncompleteReadError(bytes(unread), None)
        unread += received
    data, unread[: size + len(terminator)] = bytes(unread[:size]), b""
    return data
"""
_RECEIVE_COUNTED = """\
    while isinstance(terminator, int):
        if len(unread) >= terminator:
            data, unread[:terminator] = bytes(unread[:terminator]), b""
            return data
        if not (received := await receive_some(reader)):
            raise asyncio.IncompleteReadError(bytes(unread), terminator)
        unread += received
"""

RECEIVE_UNTIL = (
    '''\
async def receive_until(reader, unread, terminator):
    """Return the data before *terminator*, however long; *unread* keeps what was received behind it."""
'''
    + _RECEIVE_DELIMITED
)

RECEIVE_EXACTLY = '''\
async def receive_exactly(reader, unread, size):
    """Return the next *size* bytes; *unread* keeps what was received behind them."""
    while len(unread) < size:
        if not (received := await receive_some(reader)):
            raise asyncio.IncompleteReadError(bytes(unread), size)
        unread += received
    data, unread[:size] = bytes(unread[:size]), b""
    return data
'''

RECEIVE_FRAME = (
    '''\
async def receive_frame(reader, unread, terminator):
    """Return the next frame, up to the delimiter *terminator* or of that length; *unread* keeps the rest."""
'''
    + _RECEIVE_COUNTED
    + _RECEIVE_DELIMITED
)

RECEIVE_ANY_FRAME = (
    '''\
async def receive_frame(reader, unread, terminator):
    """Return the next frame, up to the delimiter *terminator* or of that length; *unread* keeps the rest."""
    if not terminator:  # None, 0 or empty: nothing but the end of the connection ends this frame
        while await receive_some(reader):
            pass
        raise asyncio.IncompleteReadError(b"", None)
'''
    + _RECEIVE_COUNTED
    + _RECEIVE_DELIMITED
)


def _receiving(helper: str) -> str:
    """Return read_piece(), in one of its variants, as receive_piece()."""
    read, receive = "await reader.read(limit)", "await receive_some(reader, limit)"
    return helper.replace("def read_piece(", "def receive_piece(").replace(read, receive)


# A socket says at once that nobody is there any more; a writer finds out as it writes, and says so if it is asked.
SEND_TO = '''\
def send_to(writer, data):
    """Send *data*; raise an error if the connection has ended."""
    if not writer.is_closing():
        writer.write(data)
    if writer.is_closing():
        raise ConnectionError("the connection has ended")
'''

# create_connection() adds the address to what the system says.
OPEN_STREAMS = '''\
async def open_streams(host, port, family):
    """Open a connection. What goes wrong is told in the system's words, as connect() did."""
    try:
        return await asyncio.open_connection(host, port, family=family)
    except OSError as error:
        if error.errno is None or isinstance(error, socket.gaierror):
            raise
        raise OSError(error.errno, os.strerror(error.errno)) from None
'''

CHECKED_TERMINATOR = '''\
def checked_terminator(terminator):
    """Return *terminator*, unless it is a negative length, which asynchat refused as well."""
    if isinstance(terminator, int) and terminator < 0:
        raise ValueError("the length of a frame cannot be negative")
    return terminator
'''

RUN_ALL = '''\
async def run_all(*coroutines):
    """Run coroutines until the last of them has ended."""
    await asyncio.gather(*coroutines)
'''

TASKS = '''\
class Tasks:
    """Clients and servers that run side by side, and may start more clients."""

    def __init__(self):
        self.waiting, self.running = [], set()
        self.ended = None  # a queue, once there is a loop

    def start(self, client):
        """Run *client* beside the others, at once or as soon as there is a loop; return it."""
        if self.ended is None:
            self.waiting.append(client)
        else:
            self.add(client.run())
        return client

    def add(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.running.add(task)
        task.add_done_callback(self.ended.put_nowait)

    async def run(self, *coroutines):
        """Run coroutines, and what is started, until the last of it has ended."""
        self.ended = asyncio.Queue()
        for coroutine in (*coroutines, *(client.run() for client in self.waiting)):
            self.add(coroutine)
        while self.running:
            self.running.remove(task := await self.ended.get())
            task.result()  # an error ends the program

tasks = Tasks()
'''

REPEATED_TASKS = TASKS.replace(
    """\
        self.ended = asyncio.Queue()
        for coroutine in (*coroutines, *(client.run() for client in self.waiting)):
            self.add(coroutine)
        while self.running:
            self.running.remove(task := await self.ended.get())
            task.result()  # an error ends the program
""",
    """\
        self.ended = asyncio.Queue()
        waiting, self.waiting = self.waiting, []
        for coroutine in (*coroutines, *(client.run() for client in waiting)):
            self.add(coroutine)
        try:
            while self.running:
                self.running.remove(task := await self.ended.get())
                task.result()  # an error ends the program
        finally:
            self.running.clear()
            self.ended = None  # until the next loop
""",
)

_POLLED_TASKS = '''\
class Tasks:
    """Clients and servers that run beside a loop; it and they may start more of them."""

    def __init__(self):
        self.waiting, self.running = [], set()
        self.begun = False

    def start(self, client):
        """Run *client* beside the others, at once or as soon as there is a loop; return it."""
        if self.begun:
            self.add(client.run())
        else:
            self.waiting.append(client)
        return client

    def add(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def begin(self, *coroutines):
        """Run coroutines, and what has been started."""
        self.begun = True
        for coroutine in (*coroutines, *(client.run() for client in self.waiting)):
            self.add(coroutine)

'''
_WAIT = '''\
    async def wait(self, seconds):
        """Sleep, but no longer than until one of them ends."""
        if self.running:
            await asyncio.wait(self.running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(seconds)

'''
_WAIT_OR_BE_TOLD = '''\
    async def wait(self, seconds, event):
        """Sleep, but no longer than until one of them ends or *event* is set."""
        event.clear()
        told = asyncio.ensure_future(event.wait())
        await asyncio.wait({told, *self.running}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()

'''
_MADE = "tasks = Tasks()\n"
POLLED_TASKS = _POLLED_TASKS + _MADE
WAITING_TASKS = _POLLED_TASKS + _WAIT + _MADE
TOLD_TASKS = _POLLED_TASKS + _WAIT_OR_BE_TOLD + _MADE

INTERRUPTIBLE = '''\
async def interruptible(coroutine):
    """Run *coroutine*; Ctrl-C ends it with KeyboardInterrupt here, where connections can still be used."""
    loop, task, interrupts = asyncio.get_running_loop(), asyncio.create_task(coroutine), []

    def interrupt(number, _frame):
        interrupts.append(number)
        loop.call_soon_threadsafe(task.cancel)

    signal.signal(signal.SIGINT, interrupt)
    try:
        await task
    except asyncio.CancelledError:
        if interrupts:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
'''

# The same for a program whose handlers of other signals, or of Ctrl-C, raise something of their own.
INTERRUPTIBLE_BY = '''\
async def interruptible(coroutine, *signals):
    """Run *coroutine*; what handlers of signals raise ends it here, where connections can still be used."""
    loop, task, caught = asyncio.get_running_loop(), asyncio.create_task(coroutine), []
    handlers = {signal.SIGINT: signal.default_int_handler}
    handlers.update((number, signal.getsignal(number)) for number in signals)

    def interrupt(number, _frame):
        caught.append(number)
        loop.call_soon_threadsafe(task.cancel)

    for number in handlers:
        signal.signal(number, interrupt)
    try:
        await task
    except asyncio.CancelledError:
        if not caught:
            raise
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if caught:
        handlers[caught[0]](caught[0], None)  # raises
'''

PAUSE = '''\
async def pause(seconds, event):
    """Sleep, but no longer than until *event* is set."""
    event.clear()
    timer = asyncio.get_running_loop().call_later(seconds, event.set)
    await event.wait()
    timer.cancel()
'''

# Of those that have the same name in a file, the later one does all that the one before does.
HELPERS = {
    "read_until": READ_UNTIL,
    "read_frame": READ_FRAME,
    "read_any_frame": READ_ANY_FRAME,
    "read_counted": READ_COUNTED,
    "read_piece": READ_PIECE,
    "read_open_piece": READ_OPEN_PIECE,
    "read_any_piece": READ_ANY_PIECE,
    "receive_some": RECEIVE_SOME,
    "receive_until": RECEIVE_UNTIL,
    "receive_exactly": RECEIVE_EXACTLY,
    "receive_frame": RECEIVE_FRAME,
    "receive_any_frame": RECEIVE_ANY_FRAME,
    "receive_piece": _receiving(READ_PIECE),
    "receive_open_piece": _receiving(READ_OPEN_PIECE),
    "receive_any_piece": _receiving(READ_ANY_PIECE),
    "call_in_turn": CALL_IN_TURN,
    "send_to": SEND_TO,
    "open_streams": OPEN_STREAMS,
    "checked_terminator": CHECKED_TERMINATOR,
    "run_all": RUN_ALL,
    "tasks": TASKS,
    "repeated_tasks": REPEATED_TASKS,
    "polled_tasks": POLLED_TASKS,
    "waiting_tasks": WAITING_TASKS,
    "told_tasks": TOLD_TASKS,
    "interruptible": INTERRUPTIBLE,
    "interruptible_by": INTERRUPTIBLE_BY,
    "pause": PAUSE,
}


def helper_name(name: str) -> str:
    """Return what the helper *name* is called in a file: read_any_frame, say, is a read_frame."""
    return name.replace("_any_", "_").replace("_open_", "_").removesuffix("_by")
