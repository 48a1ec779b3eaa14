"""A telegraph office, by somebody who pays for every line."""

import asyncore, asynchat, sys


class Telegraph(asynchat.async_chat):
    def __init__(self, sock): asynchat.async_chat.__init__(self, sock); self.set_terminator(b" stop "); self.words = []
    def collect_incoming_data(self, data): self.words.append(data)
    def found_terminator(self): self.push(b"".join(self.words).upper() + b"\n"); self.words = []
    def handle_close(self): print("hung up", flush=True); self.close()


class Office(asyncore.dispatcher):
    wires = 0

    def __init__(self, port):
        asyncore.dispatcher.__init__(self); self.create_socket(); self.set_reuse_addr()
        self.bind(("127.0.0.1", port)); self.listen(5);

    def handle_accepted(self, sock, addr): Telegraph(sock); self.wires += 1; print("wire", self.wires, flush=True)


if __name__ == "__main__": Office(int(sys.argv[1])); asyncore.loop()
