"""What becomes a protocol of asyncio: datagram sockets and pipes."""
