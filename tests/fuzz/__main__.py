"""`make fuzz`: one target under atheris. `python -m tests.fuzz TARGET [libFuzzer options] [corpus]`."""

import sys

import atheris

with atheris.instrument_imports(include=["functions.wechat", "functions.intake", "functions.web"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
