"""Knows who answers what."""
import importlib

from staff import Butler

BUTLER = Butler()


def heard(visitor, words):
    manner, _, rest = words.partition(" ")
    try:
        module = importlib.import_module("manners." + manner)
    except ImportError:
        BUTLER.answer(visitor, words)
    else:
        module.behave(visitor, rest)
