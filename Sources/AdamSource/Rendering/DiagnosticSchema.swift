// The promise about the JSON form of diagnostics, as a JSON schema.

/// The schema that every line of the JSON style follows. Fields are added, never renamed or removed.
public enum DiagnosticSchema {
  public static let text = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "a diagnostic of adam, one object a line",
      "type": "object",
      "required": ["schema", "code", "level", "message", "primary", "labels", "notes", "helps", "args"],
      "additionalProperties": false,
      "properties": {
        "schema": {"const": 1},
        "code": {"type": "string", "pattern": "^[EWN][0-9]{4}$"},
        "name": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
        "level": {"enum": ["error", "warning", "note"]},
        "message": {"type": "string", "minLength": 1},
        "file": {"type": "string"},
        "range": {"$ref": "#/$defs/range"},
        "primary": {"type": "string"},
        "labels": {"type": "array", "items": {"$ref": "#/$defs/label"}},
        "notes": {"type": "array", "items": {"type": "string"}},
        "helps": {"type": "array", "items": {"$ref": "#/$defs/help"}},
        "args": {"type": "object", "additionalProperties": {"type": ["string", "integer"]}}
      },
      "$defs": {
        "range": {
          "type": "object",
          "required": ["start", "end"],
          "additionalProperties": false,
          "properties": {"start": {"$ref": "#/$defs/position"}, "end": {"$ref": "#/$defs/position"}}
        },
        "position": {
          "type": "object",
          "required": ["byte", "line", "col", "utf16"],
          "additionalProperties": false,
          "properties": {
            "byte": {"type": "integer", "minimum": 0},
            "line": {"type": "integer", "minimum": 1},
            "col": {"type": "integer", "minimum": 1},
            "utf16": {"type": "integer", "minimum": 0}
          }
        },
        "label": {
          "type": "object",
          "required": ["file", "range", "text"],
          "additionalProperties": false,
          "properties": {
            "file": {"type": "string"},
            "range": {"$ref": "#/$defs/range"},
            "text": {"type": "string"}
          }
        },
        "help": {
          "type": "object",
          "required": ["text", "edits", "apply"],
          "additionalProperties": false,
          "properties": {
            "text": {"type": "string", "minLength": 1},
            "edits": {"type": "array", "items": {"$ref": "#/$defs/edit"}},
            "apply": {"enum": ["safe", "maybe"]}
          }
        },
        "edit": {
          "type": "object",
          "required": ["start", "end", "new"],
          "additionalProperties": false,
          "properties": {
            "start": {"type": "integer", "minimum": 0},
            "end": {"type": "integer", "minimum": 0},
            "new": {"type": "string"}
          }
        }
      }
    }

    """#
}
