"""Everything that users may call says what it does, what it takes, and what it raises."""

import importlib
import inspect
import pkgutil
import re

import asyncore_bridge

OLD = ("asyncore", "asynchat", "smtpd")


def public_modules():
    for found in pkgutil.walk_packages(asyncore_bridge.__path__, "asyncore_bridge."):
        parts = found.name.split(".")[1:]
        if not any(part.startswith("_") for part in parts) and parts[0] != "shims":
            yield importlib.import_module(found.name)


def public_members(module):
    """Classes and functions of ours, with the methods of these classes."""
    for name, value in vars(module).items():
        ours = getattr(value, "__module__", "") in {module.__name__, module.__name__.rsplit(".")[-1]}
        if name.startswith("_") or not ours:
            continue
        if inspect.isfunction(value):
            yield name, value
        elif inspect.isclass(value):
            yield name, value
            for method, function in vars(value).items():
                function = getattr(function, "fget", None) or getattr(function, "__func__", function)
                if inspect.isfunction(function) and not method.startswith("_"):
                    yield f"{name}.{method}", function


MODULES = list(public_modules())
MEMBERS = [(f"{module.__name__}.{name}", member) for module in MODULES for name, member in public_members(module)]
NEW = [
    (name, member)
    for name, member in MEMBERS
    if inspect.isfunction(member) and "." not in name.split("asyncore_bridge.")[1].partition(".")[2]
    if name.split(".")[1] not in OLD
]


def test_something_is_found():
    assert {module.__name__.split(".")[1] for module in MODULES} > {
        *OLD,
        "serving",
        "tasks",
        "monitoring",
        "testing",
    }
    names = {name for name, _ in MEMBERS}
    assert {"asyncore_bridge.asyncore.dispatcher.create_socket", "asyncore_bridge.asynchat.async_chat.push"} < names
    assert {"asyncore_bridge.serving.serve", "asyncore_bridge.tasks.spawn"} < {name for name, _ in NEW}


def test_a_module_begins_by_saying_how_it_works():
    assert [module.__name__ for module in MODULES if len((module.__doc__ or "").strip()) < 40] == []


def test_public_names_explain_themselves():
    assert [name for name, member in MEMBERS if not is_explained(member)] == []


def is_explained(member):
    text = inspect.getdoc(member) if inspect.isclass(member) else member.__doc__
    return bool(text and re.match(r"[A-Z`*(]", text) and text.split("\n")[0].rstrip().endswith((".", ":", '"')))


def test_arguments_are_explained():
    missing = [
        f"{name}({parameter})"
        for name, function in NEW
        for parameter in inspect.signature(function).parameters
        if parameter not in {"self", "args", "kwargs"} and not re.search(rf"\b{parameter}\b", function.__doc__)
    ]
    assert missing == []
