// A diagnostic is data: code, severity, places, notes and edits. Renderers live in files of their own.

/// A stable code such as `E0301`. Each stage declares its codes in an extension of this type.
public struct DiagnosticCode: Hashable, Sendable {
  public let text: String
  /// What a warning is called where it is silenced or made an error, `shadow-builtin`; nil for errors.
  public let name: String?
  public init(_ text: String, name: String? = nil) {
    self.text = text
    self.name = name
  }

  public static func == (a: DiagnosticCode, b: DiagnosticCode) -> Bool { a.text == b.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

public enum Severity: String, Sendable { case error, warning, note }

/// A secondary place with what is to be said about it.
public struct Label: Hashable, Sendable {
  public var span: Span
  public var text: String
  public init(_ span: Span, _ text: String) {
    self.span = span
    self.text = text
  }
}

/// A replacement of the bytes of `span` by `text`.
public struct Edit: Hashable, Sendable {
  public var span: Span
  public var text: String
  public init(_ span: Span, _ text: String) {
    self.span = span
    self.text = text
  }
}

/// A way out. `isSafe` only when it is the one possible repair.
public struct Help: Hashable, Sendable {
  public var text: String
  public var edits: [Edit]
  public var isSafe: Bool
  public init(_ text: String, edits: [Edit] = [], isSafe: Bool = false) {
    self.text = text
    self.edits = edits
    self.isSafe = isSafe
  }
}

/// An error, warning or note with its places. Thrown as an error and collected in lists.
public struct Diagnostic: Error, Hashable, Sendable {
  public var code: DiagnosticCode
  public var severity: Severity
  /// Stands alone: lower case, no full stop, the user's words.
  public var message: String
  /// The primary place; nil where there is none (a missing file, an exhausted budget).
  public var span: Span?
  /// What is said under the primary place's carets; may be empty.
  public var label: String
  public var labels: [Label] = []
  public var notes: [String] = []
  public var helps: [Help] = []
  /// Named facts for machines: `("expected", "8")`, `("found", "16")`.
  public var arguments: [Argument] = []

  public struct Argument: Hashable, Sendable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    _ code: DiagnosticCode, _ message: String, at span: Span?, label: String = "",
    severity: Severity = .error
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.span = span
    self.label = label
  }
}
