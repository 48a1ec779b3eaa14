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
		conn, addr = self.accept()
		self.count += 1
		Morning (conn, self.count)
		print ('served', self.count)


if len (sys.argv) > 2:
	porter = Porter (int (sys.argv[2]))
else:
	porter = Porter (int (sys.argv[1]))
asyncore.loop()
