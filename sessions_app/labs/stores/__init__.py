"""The same sign-in on six stores at once, each measured, and the same cookie sent to two instances."""
