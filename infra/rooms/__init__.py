"""One construct per room: its function, its role written out, what wakes it."""
