import asyncio
import contextlib
import socket
import sys


class Morning:
	"""Says good morning, and nothing else."""

	def __init__ (self, reader, writer, count):
		self.reader = reader
		self.writer = writer
		self.writer.write (b'good morning, number %d\r\n' % count)

	async def run(self):
		"""Send what is queued, then close."""
		ignoring = asyncio.create_task(self.ignore_input())
		try:
			self.writer.transport.set_write_buffer_limits(high=0)  # drain() waits for the last byte
			await self.writer.drain()
		except ConnectionError:
			pass  # the peer has gone
		finally:
			ignoring.cancel()
			self.writer.close()

	async def ignore_input(self):
		"""Read and drop what the peer says: left unread, it would turn the close into a reset."""
		with contextlib.suppress(ConnectionError):
			while await self.reader.read(65536):
				pass


class Porter:
	count = 0

	def __init__ (self, port):
		self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
		self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		self.socket.setsockopt (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
		self.socket.bind(('', port))
		self.socket.listen(5)

	async def serve_forever(self):
		server = await asyncio.start_server(self.handle_accept, sock=self.socket)
		await server.wait_closed()

	async def handle_accept (self, reader, writer):
		host, port = writer.get_extra_info("peername")
		self.count += 1
		session = Morning (reader, writer, self.count)
		print ('served', self.count, host)
		await session.run()


class Bell:
	"""Rings once for whoever comes, and forgets them."""
	visits = 0

	def __init__ (self, port):
		self.socket = socket.create_server(('', port), backlog=5)

	async def serve_forever(self):
		server = await asyncio.start_server(self.handle_accept, sock=self.socket)
		await server.wait_closed()

	async def handle_accept (self, reader, writer):
		self.visits += 1
		if self.visits == 3:
			writer.close()
			return
		if self.visits == 2:
			writer.close()
			return		# once is enough
		writer.write (b'ding\r\n')
		writer.close()


class Card:
	"""Is handed out, and nothing is asked."""

	def __init__ (self, reader, writer, lines):
		self.reader = reader
		self.writer = writer
		for line in lines:
			self.writer.write (line + b'\r\n')

	async def run(self):
		"""Send what is queued, then close."""
		ignoring = asyncio.create_task(self.ignore_input())
		try:
			self.writer.transport.set_write_buffer_limits(high=0)  # drain() waits for the last byte
			await self.writer.drain()
		except ConnectionError:
			pass  # the peer has gone
		finally:
			ignoring.cancel()
			self.writer.close()

	async def ignore_input(self):
		"""Read and drop what the peer says: left unread, it would turn the close into a reset."""
		with contextlib.suppress(ConnectionError):
			while await self.reader.read(65536):
				pass


class Lobby:
	"""Looks whether there is anybody."""

	def __init__ (self, port):
		self.socket = socket.create_server(('', port), backlog=5)

	async def serve_forever(self):
		server = await asyncio.start_server(self.handle_accept, sock=self.socket)
		await server.wait_closed()

	async def handle_accept (self, reader, writer):
		await Card (reader, writer, [b'nobody', b'is here']).run()


async def run_all(*coroutines):
	"""Run coroutines until the last of them has ended."""
	await asyncio.gather(*coroutines)


if len (sys.argv) > 4:
	porter = Porter (int (sys.argv[4]))
else:
	porter = Porter (int (sys.argv[1]))
server1 = Bell (int (sys.argv[2]))
server2 = Lobby (int (sys.argv[3]))
asyncio.run(run_all(porter.serve_forever(), server1.serve_forever(), server2.serve_forever()))
