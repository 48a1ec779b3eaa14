"""The functions that rewritten code calls: written once into each file that needs them, and nowhere else."""

from __future__ import annotations

READ_UNTIL = '''\
async def read_until(reader, terminator):
    """Return the data before *terminator*, however long: asynchat had no limit."""
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data.removesuffix(terminator))
'''

READ_FRAME = '''\
async def read_frame(reader, terminator):
    """Return the next frame: *terminator* is the delimiter, or the frame's length in bytes."""
    if isinstance(terminator, int):
        return await reader.readexactly(terminator)
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data.removesuffix(terminator))
'''

READ_ANY_FRAME = '''\
async def read_frame(reader, terminator):
    """Return the next frame: *terminator* is the delimiter, or the frame's length in bytes."""
    if not terminator:  # None, 0 or empty: nothing but the end of the connection ends this frame
        while await reader.read(65536):
            pass
        raise asyncio.IncompleteReadError(b"", None)
    if isinstance(terminator, int):
        return await reader.readexactly(terminator)
    data = bytearray()
    while True:
        try:
            data += await reader.readuntil(terminator)
        except asyncio.LimitOverrunError as overrun:
            data += await reader.readexactly(overrun.consumed)
        else:
            return bytes(data.removesuffix(terminator))
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

# By the name that the file will use; READ_ANY_FRAME defines read_frame as well.
HELPERS = {
    "read_until": READ_UNTIL,
    "read_frame": READ_FRAME,
    "read_any_frame": READ_ANY_FRAME,
    "checked_terminator": CHECKED_TERMINATOR,
    "run_all": RUN_ALL,
}
