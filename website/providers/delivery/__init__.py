"""How messages leave the site."""
