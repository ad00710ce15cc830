"""Sign-ins by token on the user's page of devices, beside the sessions. The two apps know nothing of each other."""
