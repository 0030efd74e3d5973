"""Runs a program until standard input closes, then kills it: no test engine outlives the tests that started it."""

import os
import subprocess
import sys
import threading


def main() -> None:
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    threading.Thread(target=lambda: os._exit(child.wait()), daemon=True).start()
    sys.stdin.read()
    child.kill()
    child.wait()


if __name__ == "__main__":
    main()
