"""A command handler as it was written for asynchat: it answers at once, from what it has in memory."""

import asynchat


class OrderDesk(asynchat.async_chat):

    prices = {'tea': 3, 'cake': 5}

    def __init__(self, sock, addr):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(b'\r\n')
        self.push(b'200 order desk\r\n')

    def collect_incoming_data(self, data):
        self._collect_incoming_data(data)

    def found_terminator(self):
        verb, _, argument = self._get_data().decode('latin-1').partition(' ')
        method = getattr(self, 'do_' + verb.lower(), None)
        if method is None:
            self.push(b'500 what?\r\n')
        else:
            method(argument)

    def do_price(self, article):
        if article in self.prices:
            self.push(b'210 %s costs %d\r\n' % (article.encode('latin-1'), self.prices[article]))
        else:
            self.push(b'404 we have none\r\n')

    def do_quit(self, argument):
        self.push(b'221 bye\r\n')
        self.close_when_done()
