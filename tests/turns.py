"""Several rooms at once, in threads that take turns as a schedule says: the same schedule is the same story."""

import threading
from collections.abc import Callable, Iterable

from tests.fakes import Crash, Fuse, Result


class Turns(Fuse):
    """Several rooms at once, one effect at a time, in the order of a schedule; one of them may die on the way."""

    def __init__(self, schedule: Iterable[int]) -> None:
        super().__init__()
        self.schedule = list(schedule)
        self.gates: list[threading.Semaphore] = []
        self.stopped = threading.Semaphore(0)
        self.mine = threading.local()
        self.dies: dict[int, int] = {}
        self.effects: dict[int, int] = {}

    def run(self, effect: Callable[[], Result]) -> Result:
        self.stop()
        at = self.mine.number
        self.effects[at] = self.effects.get(at, 0) + 1
        if self.dies.get(at) == self.effects[at]:
            raise Crash
        return effect()

    def stop(self) -> None:
        """Wait for the next turn."""
        self.stopped.release()
        self.gates[self.mine.number].acquire()

    def play(self, rooms: list[Callable[[], object]]) -> list[BaseException]:
        """Until all are done. What they raised, but for their deaths."""
        raised: list[BaseException] = []
        self.gates = [threading.Semaphore(0) for _ in rooms]
        alive = set(range(len(rooms)))

        def act(number: int) -> None:
            self.mine.number = number
            self.gates[number].acquire()
            try:
                rooms[number]()
            except Crash:
                pass
            except BaseException as error:  # noqa: BLE001 - told to the test
                raised.append(error)
            finally:
                alive.discard(number)
                self.stopped.release()

        threads = [threading.Thread(target=act, args=(number,)) for number in range(len(rooms))]
        for thread in threads:
            thread.start()
        while alive:
            wish = self.schedule.pop(0) if self.schedule else 0
            self.gates[sorted(alive)[wish % len(alive)]].release()
            self.stopped.acquire()
        for thread in threads:
            thread.join()
        return raised
