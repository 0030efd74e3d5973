"""Why a command did not do what was asked, and the exit code that says so to a script."""


class CommandError(Exception):
    """One sentence for the person. Ends the command with `exit_code`."""

    exit_code = 1
    answer = ""
    """What there is to say all the same, for standard output."""


class Refused(CommandError):
    """The answer is no: not found, erased, or not allowed."""


class Misused(CommandError):
    """The question is wrong: arguments, configuration file, credentials, region or deployment."""

    exit_code = 2


class Unproven(CommandError):
    """There is an answer, and it is not what was sealed. Do not rely on it; ask again only to be sure."""

    exit_code = 4


class NoAnswer(CommandError):
    """Nobody could say: no connection, or the archive is busy. Ask again."""

    exit_code = 3
