"""A parrot that comes back when it is thrown out."""
import asynchat
import asyncore
import sys
import time


class Parrot(asynchat.async_chat):

    done = False

    def __init__(self, name):
        asynchat.async_chat.__init__(self)
        self.name = name
        self.words = []
        self.set_terminator("\n".encode())
        self.say("I am %s" % name)

    def fly_to(self, host, port):
        self.create_socket()
        self.connect((host, port))

    def say(self, text):
        self.push(text.encode() + b"\n")

    def handle_connect(self):
        self.say("krah")

    def collect_incoming_data(self, data):
        self.words.append(data)

    def found_terminator(self):
        text = b"".join(self.words).decode("utf-8", "replace")
        del self.words[:]
        if text == "shoo":
            Parrot.done = True
            self.say("I go")
            self.close_when_done()
        elif text == "off":
            self.close()
        else:
            self.say(text + " " + text)

    def handle_close(self):
        print("no more of", self.name)
        self.close()


def main(port):
    flights = 0
    while not Parrot.done and flights < 5:
        flights += 1
        parrot = Parrot("polly%d" % flights)
        parrot.fly_to("127.0.0.1", port)
        try:
            asyncore.loop()
        except KeyboardInterrupt:
            print("caught")
            break
        time.sleep(0.01)
    print(flights, "flights")


main(int(sys.argv[1]))
