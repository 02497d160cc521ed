from django.core.wsgi import get_wsgi_application

from collective import environment  # noqa: F401 it is read before anything asks for a setting

application = get_wsgi_application()
