"""Taking the arguments of MAIL and RCPT apart, as the stdlib's smtpd did: with the email package's parser."""

from __future__ import annotations

from email._header_value_parser import get_addr_spec, get_angle_addr
from typing import Any


def split_address(text: str) -> tuple[Any, str]:
    """Return the address at the beginning of *text*, with or without angle brackets, and the rest.

    The address is "" if *text* is empty.  Raises email.errors.HeaderParseError if there is none.
    """
    if not text:
        return "", ""
    parse = get_angle_addr if text.lstrip().startswith("<") else get_addr_spec
    address, rest = parse(text)
    return (address.addr_spec if address else address), rest


def parse_parameters(words: list[str]) -> dict[str, Any] | None:
    """Return ESMTP parameters as a dictionary, True for those without a value; None if one is malformed.

    The syntax is that of RFC 1869: a keyword, or ``keyword=value``.
    """
    parameters: dict[str, Any] = {}
    for word in words:
        keyword, equals, value = word.partition("=")
        if not keyword.isalnum() or (equals and not value):
            return None
        parameters[keyword] = value if equals else True
    return parameters


def after_keyword(keyword: str, text: str) -> str:
    """Return what follows *keyword* (in any case) at the beginning of *text*, "" if it is not there."""
    if text[: len(keyword)].upper() != keyword:
        return ""
    return text[len(keyword) :].strip()
