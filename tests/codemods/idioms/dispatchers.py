import asyncore
import os
import queue
import signal
import smtpd
import socket
import subprocess
import sys
import threading
import time

from chats import Listed


class Reader(asyncore.dispatcher, object):  # read.recv read.recvfrom read.exactly write.slice write.result bases.object
    def handle_read(self):
        while self.left:
            self.data += self.recv(self.left)
        self.socket.recvfrom(10)

    def handle_write(self):
        sent = self.send(self.buffer)
        self.buffer = self.buffer[sent:]


class Odd(asyncore.dispatcher_with_send):  # read.other write.other write.with-send
    def handle_read(self):
        self.parser.read()

    def handle_write(self):
        self.parser.write()


class Quiet(asyncore.dispatcher):  # write.nothing event.connect event.expt event.machinery event.own-close event.log
    def handle_write(self):
        pass

    def handle_connect(self):
        pass

    def handle_expt(self):
        pass

    def handle_read_event(self):
        pass

    def close(self):
        pass

    def log(self, message):
        pass


class Failing(asyncore.dispatcher):  # event.close event.close-stays-open event.error event.error-raises event.error-reports
    def handle_close(self):
        print("closed")

    def handle_error(self):
        sys.exc_info()
        raise


class Reconnecting(asyncore.dispatcher):  # event.close-reconnects event.close-flushes event.close-unregisters
    def handle_close(self):
        self.found_terminator()
        self.owner.remove(self)
        self.reconnect()


class Paused(asyncore.dispatcher):  # predicate.constant predicate.flag
    def readable(self):
        return self.paused

    def writable(self):
        return False


class Buffered(asyncore.dispatcher):  # predicate.buffer predicate.base
    def readable(self):
        return asyncore.dispatcher.readable(self) and self.more_wanted

    def writable(self):
        return len(self.buffer) > 0


class Timed(asyncore.dispatcher):  # predicate.clock predicate.effects
    def readable(self):
        return time.time() > self.due

    def writable(self):
        self.maintenance()
        return False


class Datagrams(asyncore.dispatcher):  # datagram.socket address.ipv6 address.unix
    def __init__(self):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.create_socket(socket.AF_INET6, socket.SOCK_DGRAM)


class File(asyncore.file_dispatcher):  # file.dispatcher
    pass


class Mail(smtpd.SMTPServer):  # smtp.server smtp.channel smtp.text
    channel_class = smtpd.SMTPChannel

    def __init__(self):
        smtpd.SMTPServer.__init__(self, ("", 25), None, decode_data=True)

    def process_message(self, peer, mailfrom, rcpttos, data):
        pass


class SMTPChannel(smtpd.SMTPChannel):  # names.mangled
    def reset(self):
        self.__line = []


class Listener(asyncore.dispatcher):  # listen.listen listen.guarded listen.reuse listen.factory listen.not-stored listen.once listen.filter connect.create-socket
    def start(self):
        self.create_socket()
        self.set_reuse_addr()
        self.listen(5)

    def handle_accept(self):
        pair = self.accept()
        if pair is None:
            return
        sock, addr = pair
        if addr in self.banned:
            sock.close()
        self.handler_class(sock)
        Reader(sock)
        self.close()


class Unguarded(asyncore.dispatcher):  # listen.unguarded listen.socket-accept
    def handle_accept(self):
        sock, addr = self.accept()
        self.socket.accept()


class Accepting(asyncore.dispatcher):  # listen.accepted peers.broadcast peers.drives callbacks.queued
    def handle_accepted(self, sock, addr):
        for peer in self.peers:
            peer.push(b"x")
        self.other.push(b"x")
        self.waiting.append(sock)
        self.waiting.pop()


class Client(asyncore.dispatcher):  # connect.connect connect.constructor connect.set-socket
    def __init__(self, sock):
        asyncore.dispatcher.__init__(self)
        self.set_socket(sock)
        self.connect(("host", 1))


class Socketed(asyncore.dispatcher):  # socket.address socket.option socket.data socket.close socket.blocking socket.escapes socket.replaced socket.delegated tls.wrap tls.handshake tls.starttls
    def starttls(self):
        self.socket.getpeername()
        self.socket.setsockopt(1, 2, 3)
        self.socket.send(b"")
        self.socket.close()
        self.socket.setblocking(1)
        self.settimeout(3)
        self.socket = self.context.wrap_socket(self.socket)
        self.socket.do_handshake()


class Overriding(asyncore.dispatcher):  # override.data override.on-instance state.used map.own map.global map.channels
    def send(self, data):
        self.recv = self.other
        if self.connected and asyncore.socket_map:
            self.del_channel(self._map)


class Mapped(Overriding):  # map.overridden
    def add_channel(self, map=None):
        pass


class Elsewhere(Listed):  # bases.elsewhere threads.used processes.used signals.used loop.own
    def run(self):
        threading.Lock()
        queue.Queue()
        subprocess.Popen([])
        os.fork()
        signal.signal(1, None)
        asyncore.loop()


def make():
    class Local(asyncore.dispatcher):  # bases.local
        pass

    return Local
