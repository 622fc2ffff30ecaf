"""`python -m lazaretto` is the same program as `lazaretto`."""

import sys

from lazaretto.cli import main

sys.exit(main())
