"""Serve a Django project with Waitress: serve.py <port>, by whichever Python runs."""

import sys

from django.core.wsgi import get_wsgi_application
from waitress import serve

if __name__ == "__main__":
    serve(get_wsgi_application(), host="127.0.0.1", port=int(sys.argv[1]), threads=4)
