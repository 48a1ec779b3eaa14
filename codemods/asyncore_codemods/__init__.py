"""Codemods that rewrite asyncore, asynchat and smtpd programs into asyncio streams code."""
