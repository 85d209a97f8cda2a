"""Django's PostgreSQL, with every statement carrying on whose behalf it is asked."""
