"""What became of the template: every property it asks for beside what the emulator answers when asked."""
