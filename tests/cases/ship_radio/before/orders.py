"""What the station may order; every order is given the radio."""

ORDERS = {}


def order(name):
    def register(function):
        ORDERS[name] = function
        return function

    return register


@order("REPORT")
def report(radio, rest):
    radio.say("WE ARE %s, %s" % (radio.on_air(), rest))


@order("COPY")
def copy(radio, rest):
    radio.push(b"COPIED\n")


@order("OUT")
def out(radio, rest):
    radio.say("OUT")
    radio.close_when_done()
