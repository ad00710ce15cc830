"""What lets somebody in as a user now, of all mechanisms, and the end of all of it: for the admin."""
