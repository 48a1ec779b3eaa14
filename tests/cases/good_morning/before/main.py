import asynchat
import asyncore
import socket
import sys


class Morning (asynchat.async_chat):
	"""Says good morning, and nothing else."""

	def __init__ (self, conn, count):
		asynchat.async_chat.__init__ (self, conn)
		self.set_terminator (None)
		self.push (b'good morning, number %d\r\n' % count)
		self.close_when_done()

	def collect_incoming_data (self, data):
		pass		# whatever


class Porter (asyncore.dispatcher):
	count = 0

	def __init__ (self, port):
		asyncore.dispatcher.__init__ (self)
		self.create_socket (socket.AF_INET, socket.SOCK_STREAM)
		self.set_reuse_addr()
		self.socket.setsockopt (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
		self.bind (('', port))
		self.listen (5)

	def handle_accept (self):
		conn, (host, port) = self.accept()
		self.count += 1
		Morning (conn, self.count)
		print ('served', self.count, host)


class Bell (asynchat.async_chat):
	"""Rings once for whoever comes, and forgets them."""
	visits = 0

	def __init__ (self, port):
		asynchat.async_chat.__init__ (self)
		self.create_socket (socket.AF_INET, socket.SOCK_STREAM)
		self.set_reuse_addr()
		self.bind (('', port))
		self.listen (5)

	def handle_accept (self):
		pair = self.accept()
		if pair is None:
			print ('nobody')
			return
		conn, addr = pair
		self.visits += 1
		if self.visits == 3:
			conn.shutdown (socket.SHUT_RDWR)
			conn.close()
			return
		if self.visits == 2:
			return		# once is enough
		conn.send (b'ding\r\n')


class Card (asyncore.dispatcher_with_send):
	"""Is handed out, and nothing is asked."""

	def __init__ (self, conn, lines):
		asyncore.dispatcher_with_send.__init__ (self, conn)
		for line in lines:
			self.send (line + b'\r\n')
		self.close()


class Lobby (asyncore.dispatcher_with_send):
	"""Looks whether there is anybody."""

	def __init__ (self, port):
		asyncore.dispatcher_with_send.__init__ (self)
		self.create_socket (socket.AF_INET, socket.SOCK_STREAM)
		self.set_reuse_addr()
		self.bind (('', port))
		self.listen (5)

	def handle_accept (self):
		if (pair := self.accept()) is not None:
			Card (pair[0], [b'nobody', b'is here'])


if len (sys.argv) > 4:
	porter = Porter (int (sys.argv[4]))
else:
	porter = Porter (int (sys.argv[1]))
Bell (int (sys.argv[2]))
Lobby (int (sys.argv[3]))
asyncore.loop()
