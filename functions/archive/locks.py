"""How each object is locked: COMPLIANCE where nobody may shorten, GOVERNANCE where a law may demand erasure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from functions.law.locks import Lock
from functions.segment.segment import Class

DICTIONARY_YEARS = 99  # S3 Object Lock allows at most 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Locking:
    """A deployment's way to lock. `trial_days` is 0, or caps every lock of a stage that is not production."""

    mode: str
    trial_days: int

    def segment(self, klass: Class, now: datetime) -> Lock:
        """Until the law's date."""
        return Lock(self.mode, self._cap(klass.retain_until, now))

    def keyring(self, klass: Class, now: datetime) -> Lock:
        """As long as its segment; GOVERNANCE where the class can be erased, since erasing is removing a salt."""
        return Lock("GOVERNANCE" if klass.erasable else self.mode, self._cap(klass.retain_until, now))

    def dictionary(self, now: datetime) -> Lock:
        """As long as S3 can: frames cannot be read without it, and it holds nothing of anybody."""
        return Lock(self.mode, self._cap(now.date() + timedelta(days=365 * DICTIONARY_YEARS), now))

    def _cap(self, until: date, now: datetime) -> datetime:
        last = datetime.combine(until, time(), UTC)
        if not self.trial_days:
            return last
        return min(last, now.replace(microsecond=0) + timedelta(days=self.trial_days))
