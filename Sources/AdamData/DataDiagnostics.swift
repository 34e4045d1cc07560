// Codes and wording of what can be wrong with a file. Every message names the file's own place as
// a note, `houses.csv:17:3`, because the primary place is the script's.
import AdamSource

extension DiagnosticCode {
  /// The system would not open, read or write a file.
  package static let fileAccess = DiagnosticCode("E0501")
  /// The file is not of the kind asked for, or not text.
  package static let wrongFileKind = DiagnosticCode("E0502")
  /// Rows of different lengths, an open quote, a limit.
  package static let malformedTable = DiagnosticCode("E0503")
  /// A cell that is not a number.
  package static let notANumber = DiagnosticCode("E0504")
  /// Empty cells and their spellings.
  package static let missingValues = DiagnosticCode("E0505")
  /// Column names: unknown, doubled, empty.
  package static let columnNames = DiagnosticCode("E0506")
  /// A file without rows.
  package static let noRows = DiagnosticCode("E0507")
  /// A safetensors file that breaks its format.
  package static let damagedTensors = DiagnosticCode("E0508")
}

/// A place in a data file. Lines and columns count from 1, columns in characters.
package struct FilePlace: Hashable, Sendable {
  package var path: String
  package var line: Int
  package var column: Int
  package init(path: String, line: Int, column: Int) {
    self.path = path
    self.line = line
    self.column = column
  }

  package var text: String { "\(path):\(line):\(column)" }
}

extension Diagnostic {
  package static func fileAccess(_ error: HostError, at span: Span?) -> Diagnostic {
    let verb =
      switch error.kind {
      case .cannotOpen: "open"
      case .cannotRead: "read"
      case .cannotWrite: "write"
      case .notPermitted: "use"
      }
    var diagnostic = Diagnostic(
      .fileAccess, "cannot \(verb) `\(FileText.shown(error.path))`: \(error.reason)", at: span)
    diagnostic.arguments = [Argument("file", error.path), Argument("reason", error.reason)]
    // A front end ends with another status when output did not reach its place.
    if error.kind == .cannotWrite { diagnostic.arguments.append(Argument("write", error.path)) }
    return diagnostic
  }

  /// A fault of a data file, optionally at a place in it.
  static func file(
    _ code: DiagnosticCode, _ message: String, path: String, place: FilePlace? = nil, span: Span?,
    help: String? = nil
  ) -> Diagnostic {
    var diagnostic = Diagnostic(code, message, at: span)
    diagnostic.arguments = [Argument("file", path)]
    if let place {
      diagnostic.notes = ["at \(FileText.shown(place.text))"]
      diagnostic.arguments += [
        Argument("line", "\(place.line)"), Argument("column", "\(place.column)"),
      ]
    } else {
      diagnostic.notes = ["in \(FileText.shown(path))"]
    }
    if let help { diagnostic.helps = [Help(help)] }
    return diagnostic
  }
}

/// How bytes of a file are shown: short, without control characters.
enum FileText {
  static let limit = 40

  static func shown(_ text: String, limit: Int = 400) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      // Bidirectional overrides would let a file rewrite the message.
      let isDirection =
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      result.append(isControl || isDirection ? "\u{FFFD}" : scalar)
    }
    if text.unicodeScalars.count > limit { result.append("…") }
    return String(result)
  }

  static func shown(_ bytes: some Collection<UInt8>) -> String {
    shown(String(decoding: bytes.prefix(4 * limit), as: UTF8.self), limit: limit)
  }
}
