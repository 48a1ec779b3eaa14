"""Starts the game, and says when it is over."""
import asyncio
import sys

from arcade.game import Game


def main():
    game = Game(("127.0.0.1", int(sys.argv[1])))
    asyncio.run(game.play())
    print("game over")


if __name__ == "__main__":
    main()
