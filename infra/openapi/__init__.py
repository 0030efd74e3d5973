"""The door's OpenAPI 3.1 document, made from the code. `python -m infra.openapi` writes `docs/openapi.json`."""
