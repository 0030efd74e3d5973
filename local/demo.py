"""`python -m local.demo`: an archive from an empty folder, its promises acted out, and one table at the end.

Exit code 0 only if every promise held. What it starts it stops; what it wrote stays in `build/demo` until next time.
"""

import base64
import json
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.text import Text
from urllib3.exceptions import HTTPError

from local.archive import Archive, opened, settle
from local.deploy import root_client
from local.deployed.known import list_dropped, reason_for
from local.emulator import REPOSITORY, CannotStart, Place, forget_surroundings, free_port, is_taken
from local.serve import leave, read_configuration
from local.story import attacking, delivering, media, reading, telling, watching
from local.story.delivering import Callback, Sent
from local.story.outside import Outside
from local.story.promise import Promise, broken, exit_code, summary
from local.story.reading import Locked
from local.story.telling import Stage

_TROUBLE = (BotoCoreError, ClientError, HTTPError, LookupError, ValueError)
_INTERRUPTED = 130
_WIDTH_OF_A_FILE = 140


def empty_place(data: Path) -> Place:
    """A place of its own for one run. Raises CannotStart while another demo lives there."""
    kept = data / "port.json"
    if kept.exists() and is_taken(json.loads(kept.read_text("ascii"))["aws_endpoint"]):
        raise CannotStart(f"another demo is running in {data}: wait for its end")
    shutil.rmtree(data, ignore_errors=True)
    return settle(data, free_port())


def as_described(archive: Archive) -> Promise:
    """Whether the emulator made what the templates say, but for what we know it cannot."""
    unexpected = [each for each in archive.deployed.dropped if reason_for(each) is None]
    properties = ", ".join(f"{each.resource}.{each.property}" for each in unexpected)
    known = len(archive.deployed.dropped)
    evidence = f"missing: {properties}" if unexpected else f"every property but {known} that the emulator does not have"
    return Promise("What is deployed is what the templates say", kept=not unexpected, evidence=evidence)


def tell_arrival(stage: Stage) -> tuple[list[Sent], Callback]:
    stage.chapter(
        "1  Captures come in",
        "A capture gateway posts a batch of CloudEvents, signed by the Standard Webhooks scheme. "
        "The archive answers with one receipt each, once they are sealed and queued.",
    )
    promise, sent = delivering.deliver_batch(stage.outside)
    stage.console.print(telling.captures(sent))
    stage.keep(promise)
    stage.keep(delivering.deliver_again(stage.outside, sent, when="at once"))
    stage.keep(delivering.deliver_forged(stage.outside, sent))
    stage.chapter(
        "2  WeCom calls",
        "WeCom posts an encrypted callback (the sample that Tencent publishes, from 2014, hence late). "
        "WeCom repeats it; somebody forges it.",
    )
    callback = delivering.load_callback()
    stage.keep(delivering.call_back(stage.outside, callback))
    stage.keep(delivering.call_back_forged(stage.outside, callback))
    stage.chapter(
        "3  A large file",
        "The gateway announces a video by SHA-256 and size, and is given a place for exactly that. What it puts there "
        "is sealed in chunks of one mebibyte, locked, and removed from there. "
        "A harmful one is kept too, and given to nobody.",
    )
    file = media.make_file()
    stage.keep(media.send_media(stage.outside, file))
    stage.keep(media.read_media(stage.outside, file))
    stage.keep(media.refuse_infected(stage.outside))
    return sent, callback


def tell_archiving(stage: Stage, sent: Sequence[Sent], callback: Callback) -> list[Locked]:
    stage.chapter(
        "4  The archive writes them down",
        "The queue is emptied every five seconds. Captures that must be kept equally long go into one segment, each "
        "under a key of its own, and the segment is written once, locked. This is what S3 itself reports.",
    )
    with stage.console.status("waiting for the archive") as status:
        promise = reading.until_archived(
            stage.outside, sent, lambda there: status.update(f"{there} of {len(sent)} captures are archived")
        )
        reading.await_callback(stage.archive, callback)
    stage.keep(promise)
    tell_what_is_missing(stage)
    objects = reading.locked_objects(stage.archive)
    stage.console.print(telling.locks(objects))
    stage.keep(reading.all_locked(objects))
    return objects


def tell_what_is_missing(stage: Stage) -> None:
    stage.console.print(
        Text("Another source numbers its events, and leaves the third out. The archive's own report:", style="dim")
    )
    promise, page = watching.find_the_gap(stage.archive, stage.outside)
    stage.console.print(Text(page, style="cyan"))
    stage.keep(promise)


def tell_reading(stage: Stage, sent: Sequence[Sent], callback: Callback) -> None:
    stage.chapter("5  A record is read", "By the id on its receipt, by a caller whose AWS signature is checked.")
    promise, records = reading.read_back(stage.outside, sent)
    chosen = next((each for each in records if each.get("envelope", {}).get("findings")), None) or records[0]
    stage.console.print(telling.record(chosen))
    capture = base64.b64decode(chosen["capture"]["base64"]).decode()
    stage.console.print(Text(capture, style="cyan"))
    stage.keep(promise)
    stage.keep(reading.read_callback_back(stage.archive, stage.outside, callback))
    stage.keep(reading.read_unsigned(stage.outside, sent))


def tell_attack(stage: Stage, objects: Sequence[Locked]) -> None:
    stage.chapter(
        "6  Somebody wants it gone",
        "The operator has every right that IAM can give (Action *, Resource *), and picks a segment. After that the "
        "account's root tries, whom no policy binds in this emulator: only the lock itself is left to refuse.",
    )
    target = attacking.first_segment(objects)
    s3, kms, root = stage.archive.client("s3"), stage.archive.client("kms"), root_client(stage.archive.place)("s3")
    everything = attacking.attempts_of(s3, target) | attacking.key_attempts_of(kms, target)
    beyond = {what: act for what, act in attacking.attempts_of(root, target).items() if what in attacking.BEYOND_POLICY}
    by_operator, by_root = attacking.try_all(everything), attacking.try_all(beyond)
    stage.console.print(
        telling.attacks([("operator", each) for each in by_operator] + [("root", each) for each in by_root])
    )
    stage.keep(attacking.all_refused("All rights in IAM do not get rid of a record", by_operator))
    stage.keep(attacking.all_refused("Nor does the account's root", by_root))


def tell_end(stage: Stage, sent: Sequence[Sent], before: Sequence[Locked]) -> None:
    stage.chapter(
        "7  After all that", "The gateway posts its batch a third time, and the vault is looked through again."
    )
    stage.keep(delivering.deliver_again(stage.outside, sent, when="later"))
    with stage.console.status("waiting for a batching window to pass"):
        time.sleep(reading.WINDOW_SECONDS)
    stage.keep(reading.unchanged(before, reading.locked_objects(stage.archive)))


def tell(stage: Stage) -> None:
    """The story. What cannot even be tried counts as a broken promise, and ends it."""
    try:
        stage.keep(as_described(stage.archive))
        sent, callback = tell_arrival(stage)
        objects = tell_archiving(stage, sent, callback)
        tell_reading(stage, sent, callback)
        tell_attack(stage, objects)
        tell_end(stage, sent, objects)
    except _TROUBLE as error:
        stage.keep(Promise("The story can be told to its end", kept=False, evidence=f"{type(error).__name__}: {error}"))


def demo(console: Console) -> int:
    """Run all of it. Raises CannotStart before the story begins."""
    configuration = read_configuration(REPOSITORY / "local" / "archive.toml")
    forget_surroundings()
    began = time.monotonic()
    place = empty_place(REPOSITORY / "build" / "demo")
    with console.status("starting") as status, opened(place, configuration, say=status.update) as archive:
        status.stop()
        took = time.monotonic() - began
        console.print(Text(f"Deployed with `cdk deploy` on this machine in {took:.0f} s: {place.door}", style="bold"))
        console.print(Text(f"The emulator does not have:\n{list_dropped(archive.deployed.dropped)}", style="dim"))
        stage = Stage(console=console, archive=archive, outside=Outside(state=archive.state))
        tell(stage)
        console.print()
        console.print(summary(stage.promises))
    for promise in broken(stage.promises):
        console.print(Text(f"Broken: {promise.name}: {promise.evidence}", style="bold red"))
    console.print(f"{time.monotonic() - began:.0f} s in all.")
    return exit_code(stage.promises)


def main() -> int:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    try:
        return demo(console)
    except CannotStart as reason:
        console.print(Text(f"The demo cannot start: {reason}", style="red"))
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
