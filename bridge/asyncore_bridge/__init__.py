"""asyncore, asynchat and smtpd on an asyncio event loop."""
