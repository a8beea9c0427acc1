"""The files of catalogue/ as text in which every field has its place, so that a value can change and all around it stays."""

import json
import re

WIDTH = 170


def parse(text):
    """The value of a scalar or a flow collection in the plain YAML that catalogue/ is written in."""
    text = text.strip()
    if text[:1] in "[{":
        parts = [part for part in split(text[1:-1]) if part.strip()]
        if text[0] == "[":
            return [parse(part) for part in parts]
        return {parse(key): parse(value) for key, value in (part.split(": ", 1) for part in parts)}
    if text[:1] == '"':
        return json.loads(text)
    if text[:1] == "'":
        return text[1:-1].replace("''", "'")
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d*\.\d+(e-?\d+)?", text):
        return float(text)
    return {"true": True, "false": False}.get(text, text)


def split(text):
    """The parts between commas that stand in no bracket and no quotes."""
    parts, depth, start, quote = [], 0, 0, ""
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[index - 1] != "\\" else quote
        elif char in "\"'" and (text[start:index].strip() == "" or text[index - 1] in " [{"):
            quote = char
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def write(value):
    """A value as catalogue/ writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(write, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {write(item)}" for key, item in value.items()) + "}"
    plain = re.fullmatch(r"[A-Za-z][\w ./+()$%-]*", value) and not re.fullmatch(r"(?i)yes|no|on|off|true|false|null", value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def wrap(text, column, indent):
    """A long list over several lines."""
    if column + len(text) <= WIDTH:
        return text
    lines, line = [], " " * column
    for word in re.split(r"(?<=,) ", text):
        if len(line) + len(word) > WIDTH:
            lines.append(line.rstrip())
            line = " " * indent
        line += word + " "
    return "\n".join([*lines, line.rstrip()]).lstrip(" ")


class Row:
    """One row: where each of its fields stands in the text."""

    def __init__(self, text, start, stop):
        self.flow = text.startswith("- {", start)
        self.fields, self.added = {}, {}
        if self.flow:
            inside = start + 3
            self.stop = text.rindex("}", start, stop)
            for part in split(text[inside : self.stop]):
                key, value = part.split(":", 1)
                begin = inside + len(key) + 1 + len(value) - len(value.lstrip())
                self.fields[key.strip()] = (begin, inside + len(part.rstrip()))
                inside += len(part) + 1
        else:
            heads = list(re.finditer(r"^(?:- |  )(\w+):", text[start:stop], re.M))
            ends = [*(head.start() for head in heads[1:]), stop - start]
            for head, end in zip(heads, ends, strict=True):
                value = text[start + head.end() : start + end]
                begin = start + head.end() + len(value) - len(value.lstrip())
                self.fields[head[1]] = (begin, start + head.end() + len(value.rstrip()))
            self.stop = max(stop for _, stop in self.fields.values())
        self.values = {key: parse(text[slice(*span)]) for key, span in self.fields.items() if self.simple(text, span)}
        self.id = self.values["id"]

    def simple(self, text, span):
        """Nested block mappings are left to people."""
        return self.flow or text[span[0]] in "[{\"'" or "\n" not in text[slice(*span)]


class File:
    """A catalogue file, its rows, and what is to change in it."""

    def __init__(self, path):
        self.path, self.text, self.edits = path, path.read_text(encoding="utf-8"), {}
        body = self.text.index("\nrows:\n") + 1
        starts = [match.start() for match in re.finditer(r"^- ", self.text[body:], re.M)]
        edges = [body + start for start in starts] + [len(self.text)]
        comment = re.compile(r"^#", re.M)
        self.rows = []
        for start, stop in zip(edges, edges[1:], strict=False):
            end = comment.search(self.text, start, stop)
            self.rows.append(Row(self.text, start, end.start() if end else stop))
        source = re.search(r"^  source: (.*)$", self.text[:body], re.M)
        self.source = parse(source[1]) if source else ""

    def set(self, row, field, value):
        """Replaces a field, or adds it at the end of the row."""
        row.values[field] = value
        if field in row.fields:
            start, stop = row.fields[field]
            column = start - self.text.rindex("\n", 0, start) - 1
            self.edits[(start, stop)] = wrap(write(value), column, 5 if row.flow else 4)
        else:
            row.added[field] = value
            lead = ", " if row.flow else "\n  "
            self.edits[(row.stop, row.stop)] = "".join(f"{lead}{key}: {write(new)}" for key, new in row.added.items())

    def changed(self):
        text = self.text
        for (start, stop), new in sorted(self.edits.items(), reverse=True):
            text = text[:start] + new + text[stop:]
        return text
