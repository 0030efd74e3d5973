"""What a person installs: the `fengcun` command.

In     a configuration file, a record id, a gateway's event id; the person's own AWS credentials.
Out    the archive configured; a record, or the answer whether we have one, on the screen or in a file.
Never  a secret on the screen, a capture's text that could steer the terminal, plain HTTP to another machine.
"""
