"""What the program does, one module a verb, and the ports through which it reaches the world."""
