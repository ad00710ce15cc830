"""The code that just ran: views, settings and library calls, read from the files that this process runs."""
