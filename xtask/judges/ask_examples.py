"""Asks a server with the client gql: `ask_examples.py URL KEY` reads a JSON list of [query, variables] and prints a
JSON list of answers. The client reads the schema first and holds each query against it."""

import json
import sys

from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

url, key = sys.argv[1:]
transport = HTTPXTransport(url=url, headers={"Authorization": f"Bearer {key}"}, timeout=20)
answers = []
with Client(transport=transport, fetch_schema_from_transport=True) as session:
    for query, variables in json.load(sys.stdin):
        request = gql(query)
        request.variable_values = variables
        answers.append(session.execute(request))
json.dump(answers, sys.stdout)
