#!/bin/bash
# CKAN (PyPI) on a PostgreSQL of its own at PORT + 1, and a stand-in for Solr: three datasets, one of them private; `token` opens that one.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
bin=$products/../.ckan/bin
need "$bin/ckan"
postgres $((port + 1))
"$bin/ckan" generate config ckan.ini >install.log 2>&1 || { tail -20 install.log >&2; exit 1; }
exec "$bin/python" "$products/ckan/serve.py" "$port" "$here" "postgresql://postgres@127.0.0.1:$((port + 1))/postgres" >server.log 2>&1
