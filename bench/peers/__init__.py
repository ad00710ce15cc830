"""The peers, each as its own documentation would write it, and the site's settings for the bench."""
