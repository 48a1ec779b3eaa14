"""Real projects that use the removed modules: which they are, how to get them, and what the tools make of them.

Run by hand or by ``nox -s survey``, never by the test suite: it needs the network.
"""
