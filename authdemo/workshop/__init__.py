"""The workshop: the ten-minute tour. Lessons, checks and the board for a class will stand beside it."""
