"""Django REST framework's pages and own tokens, and the JSON Web Tokens of simplejwt, for the tests.

The account is made up. It listens on a free port of the loopback and prints that port.
"""

import tempfile
from datetime import timedelta

import django
from django.conf import settings

folder = tempfile.TemporaryDirectory()
settings.configure(
    SECRET_KEY="buatan-untuk-pengujian-0123456789-contoh", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder.name}/db"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "rest_framework.authtoken"],
    SIMPLE_JWT={"ACCESS_TOKEN_LIFETIME": timedelta(seconds=2)},
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.authentication import TokenAuthentication  # noqa: E402
from rest_framework.authtoken.views import obtain_auth_token  # noqa: E402
from rest_framework.decorators import api_view, authentication_classes, permission_classes  # noqa: E402
from rest_framework.pagination import PageNumberPagination  # noqa: E402
from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework_simplejwt.authentication import JWTAuthentication  # noqa: E402
from rest_framework_simplejwt.views import TokenObtainPairView  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

COUNT = {"token": 0, "jwt": 0}


def counted(kind, view):
    def asked(request):
        COUNT[kind] += 1
        return view(request)

    asked.csrf_exempt = True
    return asked


def rows(kind):
    @api_view()
    @authentication_classes([kind])
    @permission_classes([IsAuthenticated])
    def view(request):
        return Response({"data": [{"id": 1, "title": f"Untuk {request.user.username}"}]})

    return view


class Pages(PageNumberPagination):
    page_size = 2


@api_view()
def letters(request):
    pages = Pages()
    found = [{"id": number, "title": f"Surat contoh {number}"} for number in range(1, 6)]
    return pages.get_paginated_response(pages.paginate_queryset(found, request))


@api_view()
def count(request):
    return Response(COUNT)


urlpatterns = [
    path("api-token-auth/", counted("token", obtain_auth_token)),
    path("api/token/", counted("jwt", TokenObtainPairView.as_view())),
    path("rows/token", rows(TokenAuthentication)),
    path("rows/jwt", rows(JWTAuthentication)),
    path("letters", letters),
    path("count", count),
]
call_command("migrate", verbosity=0)
User.objects.create_user("hub", password="Rahasia-buatan-1")
listener = make_server("127.0.0.1", 0, get_wsgi_application(), threaded=True)
print(listener.server_port, flush=True)
listener.serve_forever()
