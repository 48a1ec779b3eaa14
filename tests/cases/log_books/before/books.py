"""How a log book is kept."""
import logging
import sys

logger = logging.getLogger("books")


class Keeping:
    def log(self, message):
        print("log:", message, flush=True)
        logger.debug("%s", message)

    def log_info(self, message, type="info"):
        print("%s: %s" % (type, message), file=sys.stdout, flush=True)
