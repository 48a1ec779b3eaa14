"""A desk calculator with variables, over telnet.

Commands are methods called do_*; what goes wrong in one is told to the user, who may go on.
"""
import asyncore, asynchat
import socket
import sys
import traceback


class Calculator(asynchat.async_chat):

    variables = {}              # everybody's
    history = []

    def __init__(self, conn):
        asynchat.async_chat.__init__(self, conn)
        self.buffer = b''
        self.modal = None
        self.set_terminator(b'\r\n')
        self.write('ready')

    def write(self, *words):
        self.push(' '.join(str(word) for word in words).encode('utf-8') + b'\r\n')

    def collect_incoming_data(self, data):
        self.buffer = self.buffer + data

    def found_terminator(self):
        line, self.buffer = self.buffer.decode('utf-8'), b''
        if self.modal:
            self.modal(line)
            return
        words = line.split()
        if not words:
            return
        self.history.append(words[0])
        method = getattr(self, 'do_' + words[0].lower(), None)
        if method is None:
            self.write('?', words[0])
        else:
            method(*words[1:])

    def handle_error(self):
        kind, value, tb = sys.exc_info()
        print('%s in %s' % (kind.__name__, traceback.extract_tb(tb)[-1].name))
        self.write('error:', value)

    # -- commands

    def value(self, word):
        if word in self.variables:
            return self.variables[word]
        return int(word)

    def do_help(self, *words):
        """show this"""
        for name in sorted(dir(self)):
            if name.startswith('do_'):
                self.write(name[3:], '-', getattr(self, name).__doc__)

    def do_add(self, *words):
        """add numbers or variables"""
        self.write(sum(self.value(word) for word in words))

    def do_div(self, one, other):
        """divide one by another"""
        self.write(self.value(one) // self.value(other))

    def do_let(self, name, word):
        """set a variable"""
        self.variables[name] = self.value(word)
        self.write('ok')

    def do_note(self):
        """take down lines up to a single dot"""
        self.lines = []
        self.modal = self.take_note
        self.write('end with a dot')

    def take_note(self, line):
        if line == '.':
            self.modal = None
            self.write('noted', len(self.lines), 'lines,', sum(map(len, self.lines)), 'characters')
        else:
            self.lines.append(line)

    def do_count(self):
        """how many commands there were"""
        self.write(len(self.history))

    def do_bye(self):
        """leave"""
        self.write('bye')
        self.close_when_done()

    def do_abort(self):
        """leave at once"""
        self.write('aborted')
        self.close()

    def do_stop(self):
        """stop the calculator"""
        raise asyncore.ExitNow('stopped by a user')


class CalculatorServer(asyncore.dispatcher):

    def __init__(self, port, handler_class=Calculator):
        asyncore.dispatcher.__init__(self)
        self.handler_class = handler_class
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.set_reuse_addr()
        self.bind(('localhost', port))
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is None:
            return
        self.handler_class(pair[0])


def main(argv):
    CalculatorServer(int(argv[1]))
    try:
        asyncore.loop(timeout=5)
    except asyncore.ExitNow as reason:
        print('exit: %s' % reason)
        return 7
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
