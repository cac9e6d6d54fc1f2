"""Answers held against /openapi.json, one by one."""
import json

import jsonschema


class Description:
    def __init__(self, document):
        self.document = document

    def judge(self, method, path, answer):
        """Raises AssertionError unless the answer is one that is described. `path`: as the document has it."""
        operation = self.document["paths"][path][method.lower()]
        described = operation["responses"].get(str(answer.status_code))
        assert described, f"{method} {path}: status {answer.status_code} is not described; {answer.text[:500]}"
        while "$ref" in described:
            described = self._at(described["$ref"])
        for header in described.get("headers", {}):
            assert header in answer.headers, f"{method} {path}: the answer lacks {header}"
        content = described.get("content")
        if not content:
            assert not answer.content, f"{method} {path}: {answer.status_code} has a body: {answer.text[:500]}"
            return
        (media_type, form), = content.items()
        assert answer.headers["content-type"].split(";")[0] == media_type.split(";")[0], answer.headers
        if media_type.endswith("json"):
            self.validate(answer.json(), form["schema"])

    def validate(self, value, schema):
        whole = {"components": self.document["components"], "allOf": [schema]}
        checker = jsonschema.Draft202012Validator(
            whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
        errors = [f"{error.json_path}: {error.message}"[:500] for error in checker.iter_errors(value)]
        assert not errors, (json.dumps(value)[:1000], errors[:5])

    def _at(self, reference):
        value = self.document
        for part in reference.removeprefix("#/").split("/"):
            value = value[part]
        return value
