"""What must happen to a record. Laws are data with citations (`rules/`); code branches on fields, not on names."""
