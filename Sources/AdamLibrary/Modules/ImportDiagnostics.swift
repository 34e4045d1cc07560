// What can be wrong with an `import`.
import AdamSource

extension DiagnosticCode {
  package static let importFailed = DiagnosticCode("E0240")
  package static let importCycle = DiagnosticCode("E0241")
  package static let importClash = DiagnosticCode("E0242")
  package static let importedAction = DiagnosticCode("E0243")
  package static let importPlace = DiagnosticCode("E0244")
}

extension Diagnostic {
  package static func cannotImport(_ path: String, _ reason: String, at span: Span) -> Diagnostic {
    var result = Diagnostic(.importFailed, "cannot import \(path): \(reason)", at: span)
    if !path.hasSuffix(".adam") { result.helps = [Help("scripts end in .adam: `import \"\(path).adam\"`")] }
    return result
  }

  package static func importCycle(_ path: String, isSelf: Bool, at span: Span) -> Diagnostic {
    let message = isSelf ? "\(path) imports itself" : "\(path) is imported by what it imports"
    var result = Diagnostic(.importCycle, message, at: span)
    result.helps = [Help("move what both need to a file of its own")]
    return result
  }

  package static func importDepth(_ limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(.importCycle, "imports are nested deeper than \(limit) files", at: span)
  }

  package static func importClash(_ name: String, _ path: String, first: Span?, at span: Span) -> Diagnostic {
    var result = Diagnostic(.importClash, "`\(name)` of \(path) is defined here already", at: span)
    if let first { result.labels = [Label(first, "`\(name)` is defined here")] }
    result.helps = [Help("keep the names apart: `u = import \"\(path)\"`, then `u.\(name)`")]
    return result
  }

  package static func importedAction(_ what: String, at span: Span) -> Diagnostic {
    var result = Diagnostic(
      .importedAction, "an imported file defines and asserts only, and `\(what)` does more", at: span)
    result.helps = [Help("move the definitions to a file of their own")]
    return result
  }

  package static func importInsideFunction(_ path: String, at span: Span) -> Diagnostic {
    var result = Diagnostic(.importPlace, "a function cannot add names to the file", at: span)
    result.helps = [
      Help("import at the top level, or bind a record: `u = import \"\(path)\"`")
    ]
    return result
  }

  package static func importPath(at span: Span) -> Diagnostic {
    Diagnostic(
      .importPlace, "the file of an `import` is written plainly, since it is read before the script runs", at: span)
  }
}
