"""Pages that are hostile on purpose: they post a form to the site in the visitor's name, and to nobody else."""
