"""Print how a session sends from producers: a task asks them for more, as the peer takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncore_codemods.printer.reporting import passed_over

if TYPE_CHECKING:
    from asyncore_codemods.plan.description import SessionDescription


def has_to_wait(description: SessionDescription) -> str:
    """Return the expression that tells whether what is to be sent has to wait."""
    queued = f"self.{description.queued}"
    return f"{queued} or self.{description.writer} is None" if is_early(description) else queued


def is_early(description: SessionDescription) -> bool:
    """Tell whether something may be sent before there is a connection."""
    return description.connection is not None and description.connection.queues


def wait_for_all(description: SessionDescription) -> str:
    """Return the line that has drain() wait until nothing is left to be sent."""
    transport = f"self.{description.writer}.transport"
    return f"    {transport}.set_write_buffer_limits(high=0)  # drain() waits until all has gone out"


def queue_methods(description: SessionDescription, gone: list[str]) -> list[list[str]]:
    """Return the lines of the method that takes producers, and of the one that the task runs.

    *gone* are those that see whether the peer has gone.
    """
    writer, queued = f"self.{description.writer}", f"self.{description.queued}"
    taking = [
        "def push_with_producer(self, producer):",
        '    """Send what *producer* has, asking it for more as the peer takes it."""',
        f"    if {has_to_wait(description)}:",
        f"        {queued}.append(producer)",
        *(["        return"] if is_early(description) and gone else []),
        f"    elif not {writer}.is_closing() and (data := producer.more()):",
        f"        {writer}.write(data)",
        f"        {queued}.append(producer)",
        f"        self.{description.sending} = asyncio.create_task(self.{description.send_queued}())",
        *gone,
    ]
    may_end = "close_when_done" in description.methods
    end = [
        "            if first is None:",
        f"                {queued}.clear()  # nothing comes behind the end",
        "                self.close_when_done()",
    ]
    sending = [
        f"async def {description.send_queued}(self):",
        '    """Send what is queued, in order, as the peer takes it."""',
        wait_for_all(description),
        "    try:",
        f"        while {queued}:",
        f"            await {writer}.drain()",
        "            await asyncio.sleep(0)  # others have their turn, however fast this peer is",
        f"            if {writer}.is_closing():",
        "                break",
        f"            first = {queued}[0]",
        *(end if may_end else []),
        f'            {"elif" if may_end else "if"} not hasattr(first, "more"):',
        f"                {writer}.write({queued}.popleft())",
        "            elif data := first.more():",
        f"                {writer}.write(data)",
        "            else:",
        f"                {queued}.popleft()",
        *(f"    {line}" for line in passed_over(description, "ConnectionError")),
        "    except Exception as error:  # noqa: BLE001",
        f"        self.{description.reader}.set_exception(error)  # it ends the session, as any other does",
    ]
    return [taking, sending]
