"""What a stranger's bytes reach first, hammered: as Hypothesis laws in every test run, under atheris in `make fuzz`."""
