"""`python -m functions.classify`: see `--help`."""

import sys

from functions.classify.command import run

sys.exit(run(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer))
