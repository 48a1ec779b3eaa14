"""close() after the socket was closed directly, when somebody else has its number by then (cpython#75168).

stdlib: the other channel lost its place in the map
bridge: the other channel is still in the map
"""

import asyncore
import socket

near, far = socket.socketpair()
channel = asyncore.dispatcher(near)
number = near.fileno()
near.close()
other_near, other_far = socket.socketpair()
assert other_near.fileno() == number
other = asyncore.dispatcher(other_near)
channel.close()
kept = asyncore.socket_map.get(number) is other
print("the other channel is still in the map" if kept else "the other channel lost its place in the map")
