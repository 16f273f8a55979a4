"""An OAuth 2.0 server made of Authlib and Flask, for the tests: client credentials, and refresh tokens that rotate.

Clients, secrets and tokens are made up. It listens on a free port of the loopback and prints that port.
"""

import secrets
import time

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from flask import Flask, jsonify
from werkzeug.serving import make_server


class Client(ClientMixin):
    def __init__(self, name, secret, method, grant):
        self.client_id, self.secret, self.method, self.grant = name, secret, method, grant

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return scope if scope in ("", "rows:read") else ""

    def check_redirect_uri(self, uri):
        return False

    def check_client_secret(self, secret):
        return secrets.compare_digest(self.secret, secret)

    def check_endpoint_auth_method(self, method, endpoint):
        return method == self.method

    def check_response_type(self, kind):
        return False

    def check_grant_type(self, grant):
        return grant == self.grant


class Token(TokenMixin):
    def __init__(self, client, user, fields):
        self.client, self.user, self.fields = client, user, fields
        self.ends = time.time() + fields.get("expires_in", 0)
        self.revoked = False

    def check_client(self, client):
        return client.client_id == self.client.client_id

    def get_scope(self):
        return self.fields.get("scope", "")

    def get_expires_in(self):
        return self.fields.get("expires_in", 0)

    def is_expired(self):
        return self.ends < time.time()

    def is_revoked(self):
        return self.revoked

    def get_user(self):
        return self.user

    def get_client(self):
        return self.client


# The colon and the space must be written as form values before Basic (RFC 6749, section 2.3.1).
CLIENTS = [
    Client("hub buatan", "rahasia:buatan &1", "client_secret_basic", "client_credentials"),
    Client("hub-refresh", "rahasia-buatan-2", "client_secret_post", "refresh_token"),
]
TOKENS = []
COUNT = {"client_credentials": 0, "refresh_token": 0, "refused": 0}


class Refresh(grants.RefreshTokenGrant):
    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post"]

    def authenticate_refresh_token(self, refresh_token):
        for token in TOKENS:
            if token.fields.get("refresh_token") == refresh_token and not token.revoked:
                return token

    def authenticate_user(self, credential):
        return credential.user

    def revoke_old_credential(self, credential):
        credential.revoked = True


class Machine(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]


class Bearer(BearerTokenValidator):
    def authenticate_token(self, text):
        return next((token for token in TOKENS if token.fields.get("access_token") == text), None)


app = Flask(__name__)
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"client_credentials": 300, "refresh_token": 300}


def save(fields, request):
    COUNT[request.payload.grant_type] += 1
    TOKENS.append(Token(request.client, "hub", fields))


server = AuthorizationServer(
    app,
    query_client=lambda name: next((c for c in CLIENTS if c.client_id == name), None),
    save_token=save,
)
server.register_grant(Machine)
server.register_grant(Refresh)
protect = ResourceProtector()
protect.register_token_validator(Bearer())
TOKENS.append(Token(CLIENTS[1], "hub", {"access_token": "x", "refresh_token": "awal-buatan", "scope": "rows:read"}))


@app.post("/token")
def token():
    answer = server.create_token_response()
    COUNT["refused"] += answer.status_code >= 400
    return answer


@app.get("/rows")
@protect("rows:read")
def rows():
    return jsonify(data=[{"id": "1", "title": "Buatan"}])


@app.post("/revoke-all")
def revoke():
    for token in TOKENS:
        token.ends = 0
    return ""


@app.get("/count")
def count():
    return jsonify(COUNT)


listener = make_server("127.0.0.1", 0, app, threaded=True)
print(listener.server_port, flush=True)
listener.serve_forever()
