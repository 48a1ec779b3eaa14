# who is here, and what did they say last
import asynchat, asyncore, sys

LAST = {}


class Visitor(asynchat.async_chat):
    END = b'\n'

    def __init__(self, sock, number):
        asynchat.async_chat.__init__(self, sock)
        self.number = number
        self.said = 0
        self.words = b''
        self.set_terminator(self.END)

    def collect_incoming_data(self, data):
        self.words += data

    def found_terminator(self):
        words, self.words = self.words, b''
        self.said += 1
        LAST[self.number] = words
        if words == b'leave':
            self.close()
        elif words == b'bye':
            self.push(b'so long\n')
            self.close_when_done()
        elif words == b'all':
            for number in sorted(LAST):
                self.push(b'%d: %s\n' % (number, LAST[number]))
        elif words == b'fail':
            raise ValueError('as you wish')
        else:
            self.push(b'noted\n')

    def handle_close(self):
        print('visitor %d left after %d' % (self.number, self.said))
        self.close()


class Door(asyncore.dispatcher):

    visitors = 0

    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket()
        self.set_reuse_addr()
        self.bind(('127.0.0.1', port))
        self.listen(3)
        print('open at', self.addr[0])

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        print('closed after', self.visitors)
        self.close()

    def handle_accept(self):
        try:
            sock, addr = self.accept()
        except TypeError:
            return
        self.visitors += 1
        Visitor(sock, self.visitors)

    def handle_close(self):
        self.close()


with Door(int(sys.argv[1])):
    try:
        asyncore.loop(1.0)
    except KeyboardInterrupt:
        print('closing')
        asyncore.close_all()
