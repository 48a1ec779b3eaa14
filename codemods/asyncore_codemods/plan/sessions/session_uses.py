"""What becomes of every use that a session makes of an inherited name: a change, or a reason."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncore_codemods import legacy
from asyncore_codemods.analyse.clients.connecting import runs_early
from asyncore_codemods.analyse.clients.kept_sockets import OPTIONS, asks_at_the_end
from asyncore_codemods.analyse.families.hierarchies import reaches_removed_class
from asyncore_codemods.analyse.input.text_mode import encodes_terminators
from asyncore_codemods.analyse.usage.effects import follows
from asyncore_codemods.analyse.values.assigned_methods import replaces_method
from asyncore_codemods.codes import Code
from asyncore_codemods.model.sessions import Delivery, Framing, Reason
from asyncore_codemods.model.uses import Kind
from asyncore_codemods.plan.members import has_own, rewrite_log_call
from asyncore_codemods.plan.sessions.connected import says_what_is_so
from asyncore_codemods.plan.sessions.describe import assigns, is_inherited
from asyncore_codemods.spans import Place

if TYPE_CHECKING:
    from asyncore_codemods.analyse.families.hierarchies import Hierarchy
    from asyncore_codemods.index.project import ClassEntry
    from asyncore_codemods.model.uses import Use
    from asyncore_codemods.plan.changes import Changes
    from asyncore_codemods.plan.description import SessionDescription
    from asyncore_codemods.plan.sessions.session_parts import SessionParts

_SOCKET_QUESTIONS = {"getpeername": "peername", "getsockname": "sockname"}
_OUTPUT = frozenset({"push", "send", "push_with_producer", "close_when_done"})
_ENDINGS = ("close", "close_when_done", "handle_close", "handle_error")


class UseChanger:
    """Goes through the uses of one hierarchy, collecting changes and reasons."""

    def __init__(
        self, hierarchy: Hierarchy, parts: SessionParts, description: SessionDescription, changes: Changes
    ) -> None:
        self.hierarchy = hierarchy
        self.parts = parts
        self.description = description
        self.changes = changes
        self.reasons: list[Reason] = []

    def run(self) -> list[Reason]:
        """Change every use; return the reasons why some cannot be changed."""
        gone = self._gone()
        for entry, use in self.hierarchy.uses():
            if self.hierarchy.is_map(str(entry.module.path), use.span):
                continue
            if use.name in _ENDINGS or use.name in ("__init__", "set_terminator"):
                continue
            if any(place.span.contains(use.span) for place in gone if place.path == str(entry.module.path)):
                continue
            handler = getattr(self, f"_{use.name.lstrip('_')}", None)
            if self._is_early(entry, use):
                self._reason(entry, use, Code.CONSTRUCTION, f"uses {use.name} before the base class's __init__()")
                continue
            replaces = use.kind in (Kind.WRITE, Kind.DELETE) and replaces_method(use.name, self.hierarchy.root)
            own_log = use.name == "log_info" and has_own(self.hierarchy, use.name)
            if replaces and not own_log and not self._chooses_found(entry, use):
                self._reason(entry, use, Code.OVERRIDE, f"replaces {use.name}() on the object")
            elif handler is not None:
                handler(entry, use)
            else:
                self._reason(entry, use, Code.INTERNALS, f"uses {use.name}, which is {_owner(use.name)}'s own")
        self._endings()
        return self.reasons

    def _chooses_found(self, entry: ClassEntry, use: Use) -> bool:
        """Tell whether one of the methods takes the place of found_terminator(), which run() looks up anyway."""
        if use.name != "found_terminator" or use.kind is not Kind.WRITE or not use.alone or use.value is None:
            return False
        own, _, name = use.value.text.partition(".")
        chosen = [definition.function for definition in self.hierarchy.methods.get(name, ())]
        plain = all(
            isinstance(function, ast.FunctionDef) and len(function.args.args) == 1 and not function.decorator_list
            for function in chosen
        )
        given = self.parts.gathering.delivery is not Delivery.PARAMETER and not self.description.waits
        return bool(chosen) and plain and given and own == self._own(entry, use)

    def _is_early(self, entry: ClassEntry, use: Use) -> bool:
        """Tell whether the constructor looks at what only the base class's constructor, or ours, will set."""
        return (
            use.method == "__init__"
            and use.kind in (Kind.READ, Kind.CALL)
            and not use.deferred
            and any(
                call.kind is Kind.BASE_CALL and call.method == "__init__" and use.span < call.span
                for call in self.hierarchy.facts[entry.qualname].uses
                if call.name == "__init__"
            )
        )

    def _gone(self) -> list[Place]:
        """Return the definitions that will not be there any more, and with them the uses in them."""
        gone = [Place(path, span) for path, file in self.changes.files.items() for span in file.removed]
        gone += [*self.parts.gathering.removed, *self.parts.construction.removed]
        if self.parts.write_buffer is not None:
            gone += self.parts.write_buffer.removed
        taken = [*self.parts.sent, *([self.parts.pulling] if self.parts.pulling is not None else [])]
        gone += [replacement.place for one in taken for replacement in one.rewritten]
        gone += self.parts.pulling.dropped if self.parts.pulling is not None else []
        return gone

    def _reason(self, entry: ClassEntry, use: Use, code: Code, message: str) -> None:
        self.reasons.append(Reason(code, message, self.hierarchy.place(entry, use)))

    def _own(self, entry: ClassEntry, use: Use) -> str:
        return self.hierarchy.facts[entry.qualname].methods[use.method].self_name

    def _writer(self, entry: ClassEntry, use: Use) -> str:
        return f"{self._own(entry, use)}.{self.description.writer}"

    # -- by name

    def _push(self, entry: ClassEntry, use: Use) -> None:
        file = self.changes.of(str(entry.module.path))
        name = self.description.output
        generated = name in self.description.methods
        if use.name != name:
            self._reason(entry, use, Code.INTERNALS, f"uses {use.name}() directly")
        elif use.kind is Kind.CALL and self.hierarchy.overrides(name):
            return  # the author's own, with its own arguments
        elif use.is_call and (len(use.arguments) != 1 or use.arguments[0].starred):
            self._reason(entry, use, Code.INTERNALS, f"calls {name}() with unusual arguments")
        elif use.arguments and isinstance(use.arguments[0].constant, str) and not self.description.is_text:
            self._reason(entry, use, Code.TEXT_MODE, f"calls {name}() with text, which is a TypeError on Python 3")
        elif use.is_call and name == "send" and not use.alone:
            self._reason(entry, use, Code.INTERNALS, "uses what send() returns")
        elif use.kind is Kind.BASE_CALL and not reaches_removed_class(entry, use):
            return  # the author's own
        elif use.kind is Kind.BASE_CALL:
            if not use.alone:
                self._reason(entry, use, Code.INTERNALS, f"uses what {name}() returns")
                return
            if is_inherited(self.hierarchy, name):
                self._inherited_push(entry, use, use.arguments[0].text)
                return
            target = f"{self._own(entry, use)}.{self.description.generated_output}" if generated else ""
            file.statements[use.statement] = (
                f"{target or self._writer(entry, use) + '.write'}({use.arguments[0].text})"
            )
        elif not generated and not self.hierarchy.overrides(name):
            file.expressions[use.span] = f"{self._writer(entry, use)}.write"

    def _inherited_push(self, entry: ClassEntry, use: Use, data: str) -> None:
        """Send as the topmost class does, which has a method for it, whatever subclasses have in its place."""
        name, top = self.description.output, self.hierarchy.top
        above = {ancestor.qualname for parent in entry.parents for ancestor in parent.lineage()}
        is_next = entry is not top and not any(d.entry.qualname in above for d in self.hierarchy.methods[name])
        if use.deferred:
            self._reason(entry, use, Code.INTERNALS, f"calls its base class's {use.name}() later")
            return
        if is_next and use.kind is Kind.BASE_CALL:
            if use.through == "super":
                return
            text = f"super().{name}({data})"
        elif entry.module is top.module and not top.is_local:
            text = f"{top.name}.{name}({self._own(entry, use)}, {data})"
        else:
            self._reason(entry, use, Code.INTERNALS, f"calls asynchat's own {use.name}() past its base class's")
            return
        self.changes.of(str(entry.module.path)).statements[use.statement] = text

    def _push_with_producer(self, entry: ClassEntry, use: Use) -> None:
        if self.description.queued:
            return  # there is such a method, for others, too
        file, own = self.changes.of(str(entry.module.path)), self._own(entry, use)
        data = next((text for _, pushed, text in self.parts.producing.pushed if pushed is use), None)
        if data is None:
            file.expressions[use.span] = f"{own}.{self.description.send_all}"
        elif is_inherited(self.hierarchy, self.description.output):
            self._inherited_push(entry, use, data)
        elif self.description.output in self.description.methods:
            file.statements[use.statement] = f"{own}.{self.description.generated_output}({data})"
        else:
            file.statements[use.statement] = f"{self._writer(entry, use)}.write({data})"

    def _initiate_send(self, entry: ClassEntry, use: Use) -> None:
        """What has been pushed is on its way: push() itself begins to send it."""
        if use.is_call and use.alone and not self.hierarchy.overrides(use.name):
            self.changes.remove([Place(str(entry.module.path), use.statement)])
        else:
            self._reason(entry, use, Code.INTERNALS, f"uses {use.name}, which is {_owner(use.name)}'s own")

    def _producer_fifo(self, entry: ClassEntry, use: Use) -> None:
        """`self.producer_fifo.append(data)` in a push() of the author's own is what the inherited one does."""
        data = self._queued(entry, use)
        if not data:
            self._reason(entry, use, Code.INTERNALS, f"uses {use.name}, which is {_owner(use.name)}'s own")
            return
        own = self._own(entry, use)
        call = f"{own}.{self.description.generated_output}"
        if self.description.output not in self.description.methods:
            call = f"{self._writer(entry, use)}.write"
        self.changes.of(str(entry.module.path)).statements[use.statement] = f"{call}({data})"

    def _queued(self, entry: ClassEntry, use: Use) -> str:
        """Return the parameter that a push() appends to the queue, "" for any other use of the queue."""
        text = entry.module.source.cut(use.statement)
        for definition in self.hierarchy.methods.get("push", ()):
            names = [argument.arg for argument in definition.function.args.args[1:2]]
            if use.method == "push" and definition.entry is entry:
                append = f"{definition.self_name}.producer_fifo.append"
                return "".join(name for name in names if text == f"{append}({name})")
        return ""

    def _send(self, entry: ClassEntry, use: Use) -> None:
        if self.parts.has_buffer and not self.hierarchy.overrides("send"):
            self._reason(entry, use, Code.DISPATCHER, "sends past its own buffer")
        else:
            self._push(entry, use)

    def _writable(self, entry: ClassEntry, use: Use) -> None:
        asks = self.description.asks.endswith(".writable()")
        stays = asks if use.name == "writable" else self.description.gates
        if not stays or use.kind is not Kind.CALL:
            self._reason(entry, use, Code.INTERNALS, f"calls {use.name}() itself")

    _readable = _writable

    def _out_buffer(self, entry: ClassEntry, use: Use) -> None:
        output, place = self.parts.write_buffer, self.hierarchy.place(entry, use)
        changed = [] if output is None else list(output.rewritten)
        if self.parts.pulling is not None:
            changed += self.parts.pulling.replaced
        known = [*(c.place for c in changed), *(self.parts.pulling.unwrapped if self.parts.pulling else ())]
        if not any(p.path == place.path and p.span.contains(place.span) for p in known):
            self._reason(entry, use, Code.INTERNALS, "looks into out_buffer")

    def _recv(self, entry: ClassEntry, use: Use) -> None:
        if self.description.handler != "handle_read" or use.method != "handle_read":  # raw.py has seen that one
            self._reason(entry, use, Code.INTERNALS, "calls recv() itself")

    def _addr(self, _entry: ClassEntry, use: Use) -> None:
        connection = self.description.connection
        if connection is not None and not connection.accepts:
            return  # asyncore keeps the address there, and so does the client
        if use.kind is Kind.READ and not assigns(self.hierarchy, "addr"):
            self.description.keeps_address = True

    def _create_socket(self, entry: ClassEntry, use: Use) -> None:
        if self.description.connection is None:
            self._reason(entry, use, Code.CLIENT, "connects to a server itself")

    _connect = _create_socket

    def _connected(self, entry: ClassEntry, use: Use) -> None:
        connection = self.description.connection
        is_so = use.kind is Kind.READ or says_what_is_so(self.hierarchy, use, connection)
        if not is_so:
            self._reason(entry, use, Code.INTERNALS, "keeps self.connected itself")
        elif connection is not None:
            connection.keeps_connected = True

    def _handle_connect(self, entry: ClassEntry, use: Use) -> None:
        """The author calls the hook by hand: to greet once more, say."""
        defined = self.hierarchy.methods.get("handle_connect", [])
        facts = self.hierarchy.facts
        stay = all(facts[d.entry.qualname].methods["handle_connect"].trivial != "pass" for d in defined)
        if use.kind is not Kind.CALL or use.arguments or not defined or not stay:
            self._reason(entry, use, Code.INTERNALS, f"uses {use.name}, which is {_owner(use.name)}'s own")

    def _socket(self, entry: ClassEntry, use: Use) -> None:
        file = self.changes.of(str(entry.module.path))
        writer = self._writer(entry, use)
        if use.kind is Kind.READ and use.tail in _SOCKET_QUESTIONS and use.tail_call is not None:
            file.expressions[use.tail_call] = f'{writer}.get_extra_info("{_SOCKET_QUESTIONS[use.tail]}")'
        elif use.tail == "shutdown" and self._ends_output(entry, use):
            file.statements[use.statement] = f"{writer}.write_eof()"
        elif use.kind is Kind.READ and use.tail in OPTIONS and self._may_be_closed(entry, use):
            self._reason(entry, use, Code.SOCKET, f"uses self.socket.{use.tail} when the connection has ended")
        elif use.kind is Kind.READ and use.tail in OPTIONS:
            file.expressions[use.span] = f'{writer}.get_extra_info("socket")'
        else:
            what = f"self.socket.{use.tail}" if use.tail else "self.socket"
            self._reason(entry, use, Code.SOCKET, f"uses {what}")

    def _ends_output(self, entry: ClassEntry, use: Use) -> bool:
        """Tell whether a call of `self.socket.shutdown()` says that all is said, and nothing is said behind it.

        What another handler says after that ends the connection: by an error that asyncore took for its end, and
        that asyncio raises. An async_chat sends nothing yet in handle_connect(), so that it would never send it.
        """
        cut, hierarchy = entry.module.source.cut, self.hierarchy
        if use.tail_call is None or cut(use.statement) != cut(use.tail_call) or use.deferred:
            return False
        how = cut(use.tail_call).rpartition("(")[2].rstrip(")").rpartition(".")[2]
        waits = self.parts.has_buffer or self.description.queued
        handlers = ("found_terminator", "collect_incoming_data", "handle_read", "handle_connect", use.method)
        return (
            how in ("1", "SHUT_WR")
            and use.method != "__init__"
            and not waits
            and not hierarchy.overrides("handle_error")
            and not (self.parts.kind.is_chat and self._may_run(entry, use, "handle_connect"))
            and not self._may_be_closed(entry, use)
            and not follows(hierarchy, handlers, frozenset({"socket"}), _OUTPUT)
        )

    def _may_run(self, entry: ClassEntry, use: Use, hook: str) -> bool:
        """Tell whether a use may be reached from a hook."""
        reached = self.hierarchy.reachable(hook)
        return any(d.entry is entry and d in reached for d in self.hierarchy.methods.get(use.method, ()))

    def _may_be_closed(self, entry: ClassEntry, use: Use) -> bool:
        return any(
            definition.entry is entry and asks_at_the_end(self.hierarchy, definition.function)
            for definition in self.hierarchy.methods.get(use.method, ())
        )

    def _set_socket(self, entry: ClassEntry, use: Use) -> None:
        if use.method != "__init__":
            self._reason(entry, use, Code.SOCKET, "calls set_socket() outside its constructor")

    def _log(self, entry: ClassEntry, use: Use) -> None:
        if use.kind is not Kind.BASE_CALL and has_own(self.hierarchy, use.name):
            return
        reason = rewrite_log_call(str(entry.module.path), use, self.changes)
        if reason is not None:
            self.reasons.append(reason)

    _log_info = _log

    def _debug(self, entry: ClassEntry, use: Use) -> None:
        if use.kind is not Kind.WRITE and not assigns(self.hierarchy, use.name):
            self._reason(entry, use, Code.INTERNALS, f"uses {use.name}, which only asyncore has")

    _closing = _debug

    def _ac_in_buffer_size(self, entry: ClassEntry, use: Use) -> None:
        is_read = any(
            other.kind is not Kind.WRITE for size in legacy.SIZES for _, other in self.hierarchy.uses(size)
        )
        if use.kind is not Kind.WRITE or not (use.alone or _sets_only(entry, use, legacy.SIZES)):
            self._constant(entry, use)
        elif not is_read and not self.description.piece_size:  # by anybody but asynchat
            self.changes.remove([Place(str(entry.module.path), use.statement)])

    _ac_out_buffer_size = _ac_in_buffer_size

    def _constant(self, entry: ClassEntry, use: Use) -> None:
        """What a class body sets is the author's own, for whoever reads it."""
        defined = any(
            attribute.name == use.name and attribute.value.is_constant
            for member in entry.lineage()
            if member.qualname in self.hierarchy.facts
            for attribute in self.hierarchy.facts[member.qualname].attributes
        )
        if use.kind is not Kind.READ or not defined:
            self._reason(entry, use, Code.INTERNALS, f"uses {use.name}, which is {_owner(use.name)}'s own")

    _use_encoding = _constant

    def _encoding(self, entry: ClassEntry, use: Use) -> None:
        """Where asynchat is not told to encode anything, that is an attribute like any other, once it is set."""
        asked = any(True for _ in self.hierarchy.uses("use_encoding")) or encodes_terminators(self.hierarchy)
        is_own = use.kind is Kind.WRITE or (use.kind is Kind.READ and self._is_set(use))
        if asked or not is_own:
            self._constant(entry, use)

    def _is_set(self, use: Use) -> bool:
        """Tell whether an attribute that is inherited as well has been set wherever it is read."""
        connecting = self.parts.connecting
        if self._sets("__init__", use.name):
            return True
        if connecting is None or connecting.seen or not connecting.methods:
            return False
        early = {definition.function.name for definition in runs_early(self.hierarchy, connecting)}
        return use.method not in early and all(self._sets(method, use.name) for method in connecting.methods)

    def _sets(self, method: str, name: str) -> bool:
        """Tell whether a method of the topmost class sets an attribute of its object, whatever happens."""
        bodies = [d for d in self.hierarchy.methods.get(method, ()) if d.entry is self.hierarchy.top]
        statements = {d.module.source.span(statement) for d in bodies for statement in d.function.body}
        return any(
            use.kind is Kind.WRITE and use.alone and use.method == method and use.statement in statements
            for entry, use in self.hierarchy.uses(name)
            if entry is self.hierarchy.top
        )

    # -- input

    def _incoming(self, entry: ClassEntry, use: Use) -> None:
        if self.parts.gathering.attribute != "incoming":
            self._reason(entry, use, Code.INTERNALS, f"uses self.{use.name}")

    _get_data = _incoming

    def _collect_incoming_data(self, entry: ClassEntry, use: Use) -> None:
        if use.name.startswith("_"):
            self._incoming(entry, use)
        elif self.parts.gathering.delivery not in (Delivery.KEPT, Delivery.PIECEWISE):
            self._reason(entry, use, Code.COLLECT, "calls collect_incoming_data() itself")

    def _found_terminator(self, entry: ClassEntry, use: Use) -> None:
        if use.kind is Kind.BASE_CALL and reaches_removed_class(entry, use):
            self._reason(entry, use, Code.INTERNALS, "calls asynchat's own found_terminator(), which raises")
        elif self.parts.gathering.delivery is Delivery.PARAMETER:
            self._reason(entry, use, Code.INTERNALS, "calls found_terminator() itself")

    def _terminator(self, entry: ClassEntry, use: Use) -> None:
        if use.kind is Kind.WRITE:
            return
        framing = self.parts.framing
        kept = framing.framing not in (Framing.CONSTANT, Framing.NOTHING) or framing.terminator.endswith(
            ".terminator"
        )
        piecewise = self.parts.gathering.delivery is Delivery.PIECEWISE
        if use.method in ("handle_close", "handle_error", "close") and not piecewise:
            message = "looks at what is missing of a counted frame when the connection ends"
            self._reason(entry, use, Code.TERMINATOR, message)
        elif any(replaced.place.span.contains(use.span) for replaced in framing.read):
            return
        elif not kept or (use.name == "get_terminator" and use.call is None):
            self._reason(entry, use, Code.TERMINATOR, "looks at its terminator")

    _get_terminator = _terminator

    # -- closing

    def _endings(self) -> None:
        endings, description = self.parts.endings, self.description
        keeps_close = description.keeps_close
        gentle = ".close" if keeps_close else f".{description.writer}.close"
        hard = ".close" if keeps_close else f".{description.writer}.transport.abort"
        if description.pull:
            hard = gentle
        closing = [*endings.soft, *endings.hard]
        if description.farewell:  # run() closes
            self.changes.remove([Place(str(entry.module.path), use.statement) for entry, use in closing])
        for entry, use in endings.soft if not description.farewell else ():
            if "close_when_done" not in description.methods:
                self._call(entry, use, f".{description.writer}.close")
        for entry, use in endings.in_hooks:
            if use.name == "close" or not endings.overrides_handle_close:
                self._call(entry, use, gentle)
        for entry, use in [*endings.hard, *endings.hooks_called] if not description.farewell else ():
            if use.name == "close" or not endings.overrides_handle_close:
                self._call(entry, use, hard)
        for entry, use in endings.base:
            self._base_call(entry, use, keeps_close=keeps_close)
        for definition in endings.left_open:
            last = definition.place(definition.function.body[-1])
            file = self.changes.of(last.path)
            is_idle = isinstance(definition.function.body[-1], ast.Pass)
            (file.statements if is_idle else file.appended)[last.span] = f"{definition.self_name}{gentle}()"

    def _call(self, entry: ClassEntry, use: Use, attribute: str) -> None:
        text = self._own(entry, use) + attribute
        if text != f"{self._own(entry, use)}.{use.name}":
            self.changes.of(str(entry.module.path)).expressions[use.span] = text

    def _base_call(self, entry: ClassEntry, use: Use, *, keeps_close: bool) -> None:
        """`async_chat.close(self)`, `super().handle_close()`, `dispatcher.handle_error(self)`."""
        endings, own = self.parts.endings, self._own(entry, use)
        if not use.alone or use.arguments:
            self._reason(entry, use, Code.INTERNALS, f"uses what {use.name}() returns")
            return
        close = f"{own}.close()" if keeps_close else f"{own}.{self.description.writer}.close()"
        lines = [close]
        if use.name == "close" and endings.overrides_close:
            gentle = [f"{own}.{self.description.writer}.close()"]
            lines = gentle if self.description.pull else self.description.dropping(own)
            if self.description.flag:
                lines = [*self.description.flag_end(own), *lines]
        elif use.name == "handle_error":
            hook = [f"{own}.handle_close()" if endings.overrides_handle_close else close]
            if use.method not in ("handle_close", "handle_error") and not endings.overrides_handle_close:
                hook = [close] if keeps_close else self.description.dropping(own)
            lines = ["traceback.print_exc()", *hook]
        elif use.name == "close_when_done":
            lines = [f"{own}.{self.description.writer}.close()"]
        self.changes.of(str(entry.module.path)).statements[use.statement] = "\n".join(lines)


def _sets_only(entry: ClassEntry, use: Use, names: tuple[str, ...]) -> bool:
    """Tell whether a statement sets attributes called *names* and no others: `self.one = self.other = 8192`."""
    statement = ast.parse(entry.module.source.cut(use.statement)).body[0]
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement]
    return all(isinstance(target, ast.Attribute) and target.attr in names for target in targets)


def _owner(name: str) -> str:
    """Return the module whose classes have *name*: that of dispatchers, or that of channels."""
    return "asyncore" if name in legacy.inherited_names("asyncore.dispatcher_with_send") else "asynchat"
