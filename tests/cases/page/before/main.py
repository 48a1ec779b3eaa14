import asyncore
import sys


class Page(asyncore.dispatcher):

    def __init__(self, host, port, path):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.connect((host, port))
        self.buffer = bytes('GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' % (path, host), 'ascii')
        self.size = 0

    def handle_connect(self):
        pass

    def handle_close(self):
        print('closed after', self.size)
        self.close()

    def handle_read(self):
        data = self.recv(8192)
        self.size += len(data)
        if not data:
            print('nothing more')

    def writable(self):
        return (len(self.buffer) > 0)

    def handle_write(self):
        sent = self.send(self.buffer)
        self.buffer = self.buffer[sent:]


page = Page('127.0.0.1', int(sys.argv[1]), '/')
asyncore.loop()
print('done')
