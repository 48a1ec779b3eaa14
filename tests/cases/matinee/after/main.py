"""A matinee that goes on until somebody rings the bell, which is Ctrl-C."""
import asyncio
import signal
import sys

from stage import House


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


class Theatre:
    def __init__(self, port):
        self.house = House(port)

    async def play(self):
        """Play to whoever is there."""
        print("the play begins")
        sys.stdout.flush()
        await interruptible(self.house.serve_forever())

    def close(self):
        self.house.curtain()
        self.house.close()
        print("the curtain falls")


theatre = Theatre(int(sys.argv[1]))


async def main():
    try:
        await theatre.play()
    except KeyboardInterrupt:
        print("the bell")
    finally:
        theatre.close()


asyncio.run(main())
