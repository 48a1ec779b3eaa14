"""Servers of smtpd, which become servers of aiosmtpd."""
