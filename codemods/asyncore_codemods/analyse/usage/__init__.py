"""What the rest of a program does with its objects."""
