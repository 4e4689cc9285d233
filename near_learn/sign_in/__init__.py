"""Ways in (password, link by mail, second factor, another site's sign-in), and a person's own account."""
