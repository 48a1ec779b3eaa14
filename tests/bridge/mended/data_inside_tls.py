"""TLS by hand: data that stays in the SSL object is announced by no poll.

stdlib: it waits until the time-out
bridge: it is read at once
"""

import asyncore
import socket
import ssl
import sys
import threading
import time

folder = sys.argv[1]
server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_context.load_cert_chain(folder + "/server.pem")
client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
client_context.check_hostname = False
client_context.verify_mode = ssl.CERT_NONE


class Nibbler(asyncore.dispatcher):
    got = b""

    def writable(self):
        return False

    def handle_read(self):
        self.got += self.recv(10)
        if len(self.got) == 100:
            self.close()

    def handle_close(self):
        self.close()


near, far = socket.socketpair()


def client():
    global secure
    secure = client_context.wrap_socket(far)
    secure.sendall(b"x" * 100)


thread = threading.Thread(target=client)
thread.start()
tls = server_context.wrap_socket(near, server_side=True)
Nibbler(tls)
started = time.monotonic()
asyncore.loop(timeout=0.1, count=12)
took = time.monotonic() - started
thread.join()
secure.close()
print("it is read at once" if took < 0.1 else "it waits until the time-out")
