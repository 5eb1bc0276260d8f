"""Oscar's catalogue migrations, read from its package, followed by our own.

Python looks a module up along its package's path, so Oscar's folder is added to
ours instead of being copied. When a new Oscar brings a migration of its own,
`manage.py makemigrations --merge` joins the two branches.
"""

from oscar.apps.catalogue import migrations as oscar_migrations

__path__ = [*__path__, *oscar_migrations.__path__]
