"""Laws are tried on the same examples every time; `--hypothesis-profile=hunt` looks further and elsewhere."""

from hypothesis import settings

settings.register_profile("steady", max_examples=60, deadline=None, derandomize=True, database=None)
settings.register_profile("hunt", max_examples=1000, deadline=None, database=None)
if settings.get_current_profile_name() == "default":
    settings.load_profile("steady")
