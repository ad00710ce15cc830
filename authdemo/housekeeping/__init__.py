"""What is over and only takes room: `manage.py prune` deletes it."""
