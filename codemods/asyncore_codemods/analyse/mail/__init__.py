"""Servers of smtpd."""
