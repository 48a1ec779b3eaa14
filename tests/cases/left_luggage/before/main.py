"""Start the server, as the command that pip installs does."""

import sys

from luggage.cli import main

sys.exit(main())
