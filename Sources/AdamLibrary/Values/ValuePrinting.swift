// Values as text: what `print` writes and interpolation inserts, and what a prompt shows.
import AdamIR
import AdamRuntime

extension Value {
  /// Lists may nest this deep in print; what is deeper is `[…]`.
  private static let printedDepth = 100

  /// As `print` writes it: strings bare at the top, quoted inside collections.
  package var printed: String { printed(until: { false }) }

  /// - Parameter isCancelled: Asked now and then; what a long list holds stays away when it says so.
  package func printed(until isCancelled: () -> Bool) -> String {
    if case .string(let box) = self { return box.text }
    return text(depth: 0, until: isCancelled)
  }

  func text(depth: Int, until isCancelled: () -> Bool = { false }) -> String {
    if depth > Self.printedDepth { return "[…]" }
    switch self {
    case .unset: return "unset"
    case .none: return "none"
    case .bool(let value): return value ? "true" : "false"
    case .number(let x): return numberText(x)
    case .string(let box): return quotedText(box.text)
    case .list(let box): return "[" + Self.joined(box.elements, depth, isCancelled) + "]"
    case .tuple(let box):
      return "(" + Self.joined(box.elements, depth, isCancelled) + (box.elements.count == 1 ? ",)" : ")")
    case .record(let box) where box.kind == Schedule.kind || box.kind == Epochs.kind: return Schedule.text(self)
    case .record(let box):
      let fields = box.shownFields.map { "\($0.name)=\($0.value.text(depth: depth + 1, until: isCancelled))" }
      return "(" + fields.joined(separator: ", ") + ")"
    case .range(let box):
      return numberText(box.lower) + (box.isClosed ? "..." : "..<") + numberText(box.upper)
    case .tensor(let tensor): return tensor.printedText
    default: return referenceText
    }
  }

  private static func joined(_ values: [Value], _ depth: Int, _ isCancelled: () -> Bool) -> String {
    var text = ""
    for (index, value) in values.enumerated() {
      if index & 0xFFF == 0xFFF, isCancelled() { break }
      if index > 0 { text += ", " }
      text += value.text(depth: depth + 1, until: isCancelled)
    }
    return text
  }

  private static func withoutNewline(_ text: String) -> String {
    text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  /// Functions, layers and other things that have no literal.
  private var referenceText: String {
    switch self {
    case .function(let closure):
      let functions = closure.program.functions
      guard functions.indices.contains(closure.function) else { return "fn" }
      let function = functions[closure.function]
      let parameters = function.parameters.map { $0.name + ($0.hasDefault ? "=…" : "") }
      let name = function.name == "fn" ? "fn" : "fn \(function.name)"
      return name + "(" + parameters.joined(separator: ", ") + ")"
    case .builtin(let builtin):
      let settings = builtin.settings.map { "\($0.name)=\($0.value.text(depth: 1))" }
      return builtin.definition.name
        + (settings.isEmpty ? "" : "(" + settings.joined(separator: ", ") + ")")
    case .layer, .data: return Self.withoutNewline(tableText() ?? "")
    case .optimizer(let optimizer): return optimizer.text
    case .hook(let hook):
      return "on \(hook.event)" + (hook.every == 1 ? "" : " every \(hook.every)")
        + (hook.isActive ? "" : " (off)")
    default: return ""
    }
  }

  /// As a prompt shows it: tensors with their type first, strings quoted.
  package var shown: String { shown(until: { false }) }

  /// - Parameter isCancelled: Ends the look at the numbers of a large tensor.
  package func shown(until isCancelled: () -> Bool) -> String {
    switch self {
    case .tensor(let tensor) where !tensor.sizes.isEmpty: tensor.shownText(until: isCancelled)
    case .record(let box) where box.kind != "record":
      tableText().map { Self.withoutNewline($0) } ?? box.fieldTable
    default: text(depth: 0)
    }
  }
}

/// A string as it is written in a script.
package func quotedText(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case "\r": result += "\\r"
    case "{": result += "\\{"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

extension RecordBox {
  /// Gradients know their model, which is no part of what they say.
  var shownFields: [Field] {
    kind == RecordBox.gradients ? fields.filter { $0.value.asLayer == nil } : fields
  }

  /// One field a line, names in a column: how results of `train` and `eval` are shown.
  fileprivate var fieldTable: String {
    let width = shownFields.map(\.name.count).max() ?? 0
    let lines = shownFields.map { field -> String in
      let gap = String(repeating: " ", count: width - field.name.count)
      return "  \(field.name)\(gap)  \(field.value.cellText)"
    }
    return ([kind] + lines).joined(separator: "\n")
  }
}

extension Value {
  /// Short enough for one line of a table.
  fileprivate var cellText: String {
    if case .list(let box) = self, box.elements.count > 6 {
      let first = box.elements.prefix(3).map { $0.text(depth: 1) }
      let last = box.elements.suffix(2).map { $0.text(depth: 1) }
      return "[" + (first + ["…"] + last).joined(separator: ", ") + "]  \(box.elements.count) values"
    }
    return text(depth: 0)
  }
}
