"""What ran for each page: a module for each app, and one for the project's own. A new page is listed here."""
