// The text form of tensor functions. `TextParser` reads it back: print(parse(text)) == text.
//
//     func @train_step(
//       %0: f32[16, 2] parameter "0.weight" !13..24,
//     ) {
//       %6 = linear(%4, %0, %1) : f32[1, 16] !13..24
//       %9 = sum(%8; axes=[0], keepdims=false) : f32[16]
//       return %20 "loss", %21 "0.weight" replaces %0
//     }
//
// A place is `!start..end` in bytes of source 0, `!2:start..end` in source 2.
import AdamSource

extension TensorFunction {
  /// Ends with a newline.
  package var text: String {
    let heads = operations.map { Text.list($0.results.map(Text.value)) }
    let width = heads.map(\.count).max() ?? 0
    var lines = [parameters.isEmpty ? "func \(Text.function(name))() {" : "func \(Text.function(name))("]
    for parameter in parameters { lines.append("  " + text(parameter) + ",") }
    if !parameters.isEmpty { lines.append(") {") }
    for (operation, head) in zip(operations, heads) {
      let padding = String(repeating: " ", count: width - head.count)
      lines.append("  \(head)\(padding) = \(text(operation))")
    }
    return (lines + returnLines + ["}"]).joined(separator: "\n") + "\n"
  }

  private func text(_ parameter: FunctionParameter) -> String {
    let info = values[parameter.value.index]
    return "\(Text.value(parameter.value)): \(info.type.text) \(parameter.role.rawValue) "
      + Text.quoted(parameter.name) + Text.place(info.span)
  }

  private func text(_ operation: Operation) -> String {
    let types = Text.list(operation.results.map { type($0).text })
    let operands = Text.list(operation.operands.map(Text.value))
    let attributes = Text.attributes(operation.attributes)
    return "\(operation.op.name)(\(operands)\(attributes)) : \(types)\(Text.place(operation.span))"
  }

  /// On one line while it fits, else one result a line.
  private var returnLines: [String] {
    let parts = results.map { result in
      "\(Text.value(result.value)) \(Text.quoted(result.name))"
        + (result.target.map { " replaces \(Text.value($0))" } ?? "")
    }
    let line = "  return " + Text.list(parts)
    if parts.isEmpty { return ["  return"] }
    if line.count <= 100 || parts.count == 1 { return [line] }
    return ["  return"] + parts.dropLast().map { "    \($0)," } + ["    \(parts[parts.count - 1])"]
  }
}

/// The pieces of the text form.
enum Text {
  static func value(_ id: ValueID) -> String { "%\(id.index)" }

  static func list(_ parts: [String]) -> String { parts.joined(separator: ", ") }

  /// `@name`, or `@"any text"` when the name is not a word.
  static func function(_ name: String) -> String {
    let isWord = !name.isEmpty && name.utf8.allSatisfy(TextCursor.isWord)
    return "@" + (isWord ? name : quoted(name))
  }

  static func place(_ span: Span?) -> String {
    guard let span else { return "" }
    let source = span.source.index == 0 ? "" : "\(span.source.index):"
    return " !\(source)\(span.start)..\(span.end)"
  }

  static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  static func attributes(_ attributes: Attributes) -> String {
    if attributes.entries.isEmpty { return "" }
    return "; " + list(attributes.entries.map { "\($0.name)=\(attribute($0.value))" })
  }

  static func attribute(_ value: Attribute) -> String {
    switch value {
    case .int(let number): String(number)
    case .ints(let numbers): "[" + list(numbers.map { String($0) }) + "]"
    case .float(let number): float(number)
    case .bool(let truth): truth ? "true" : "false"
    case .string(let string): quoted(string)
    case .type(let type): type.text
    case .body(let body): "{" + body.steps.map(step).joined(separator: "; ") + "}"
    }
  }

  /// Shortest form that reads back to the same bits; a NaN loses its payload.
  static func float(_ number: Double) -> String { number.isNaN ? "nan" : "\(number)" }

  static func step(_ step: FusedBody.Step) -> String {
    let arguments = step.arguments.map { argument in
      switch argument {
      case .operand(let i): "a\(i)"
      case .step(let i): "s\(i)"
      case .scalar(let number): float(number)
      }
    }
    return "\(step.op.name)(\(list(arguments))\(attributes(step.attributes)))"
  }
}
