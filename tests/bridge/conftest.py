"""What the bridge's tests share: both event loops, asyncio's debug mode, and nothing left behind."""

import asyncio
import logging
import os
import sys
import threading

import pytest
import pytest_asyncio

from asyncore_bridge import _mapdriver, asyncore

os.environ["PYTHONASYNCIODEBUG"] = "1"

LOOPS = {"default": asyncio.new_event_loop}
if sys.platform != "win32" and sys.implementation.name == "cpython":
    uvloop = pytest.importorskip("uvloop")
    LOOPS["uvloop"] = uvloop.new_event_loop


if hasattr(pytest_asyncio.plugin, "PytestAsyncioSpecs"):

    @pytest.hookimpl(optionalhook=True)
    def pytest_asyncio_loop_factories(config, item):
        """Run async tests on the default event loop and on uvloop."""
        return LOOPS

else:  # the versions for Python 3.9

    class NoHiddenLoops(asyncio.DefaultEventLoopPolicy):
        """Makes no event loop just because somebody asks for the current one.

        pytest-asyncio does, around every test, and leaves what it was given to the garbage collector.
        """

        current = threading.local()

        def set_event_loop(self, loop):
            super().set_event_loop(loop)
            self.current.loop = loop

        def get_event_loop(self):
            loop = getattr(self.current, "loop", None)
            if loop is None:
                raise RuntimeError("there is no current event loop")
            return loop

    asyncio.set_event_loop_policy(NoHiddenLoops())

    @pytest.fixture(params=LOOPS)
    def event_loop_policy(request):
        """Run async tests on the default event loop and on uvloop."""
        return uvloop.EventLoopPolicy() if request.param == "uvloop" else asyncio.DefaultEventLoopPolicy()


class Complaints(logging.Handler):
    """Collects what asyncio and the bridge log as a warning or worse."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.records = []

    def emit(self, record):
        if not record.getMessage().startswith("Executing "):  # slow, on a loaded machine
            self.records.append(record)

    def take(self):
        """Return the messages so far and forget them: a test that expects complaints looks at them."""
        messages = [record.getMessage() for record in self.records]
        self.records.clear()
        return messages


@pytest.fixture(autouse=True)
def complaints():
    """Fail a test that leaves complaints in the log, channels in the map, or drivers behind."""
    handler = Complaints()
    loggers = [logging.getLogger(name) for name in ("asyncio", "asyncore_bridge")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)
    left = dict(asyncore.socket_map)
    asyncore.close_all(ignore_all=True)
    assert not left
    assert not handler.take()
    assert id(asyncore.socket_map) not in _mapdriver._drivers
