"""Pages that are hostile on purpose: two post a form to the site in a visitor's name, one asks who that is."""
