"""What the stacks are made of: locked buckets, watched queues, room functions, the door."""
