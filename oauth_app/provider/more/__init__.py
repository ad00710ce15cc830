"""What is not needed for "an app asks a user": each file is one more way, and can be read by itself."""
