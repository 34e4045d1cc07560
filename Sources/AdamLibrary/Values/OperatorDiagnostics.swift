// What can be wrong with operators, in the user's words: kinds, shapes, numbers.
import AdamIR
import AdamSource

extension DiagnosticCode {
  package static let operandKinds = DiagnosticCode("E0212")
  package static let divisionByZero = DiagnosticCode("E0217")
  package static let shapesDisagree = DiagnosticCode("E0304")
}

extension ProgramOperator {
  fileprivate var ordersValues: Bool { [.less, .lessEqual, .greater, .greaterEqual].contains(self) }
}

/// An operator with its operands, and the messages about it.
struct OperatorWords {
  let op: ProgramOperator
  let left: AbstractOperand
  let right: AbstractOperand
  let span: Span

  /// `add [2] and [3]`, with the operands in the order in which one says them.
  private func phrase(_ a: String, _ b: String) -> String {
    switch op {
    case .add: "add \(a) and \(b)"
    case .subtract: "subtract \(b) from \(a)"
    case .multiply: "multiply \(a) by \(b)"
    case .divide: "divide \(a) by \(b)"
    case .remainder: "take the remainder of \(a) by \(b)"
    case .power: "raise \(a) to the power \(b)"
    case .matmul: "take the matrix product of \(a) and \(b)"
    case .concatenate: "join \(a) and \(b)"
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: "compare \(a) with \(b)"
    case .then: "let \(b) follow \(a)"
    }
  }

  private var symbol: String {
    switch op {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .remainder: "%"
    case .power: "^"
    case .matmul: "@"
    case .concatenate: "++"
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessEqual: "<="
    case .greater: ">"
    case .greaterEqual: ">="
    case .then: "then"
    }
  }

  /// The operator itself where its place follows from the operands' places.
  private var operatorPlace: Span {
    guard let a = left.span, let b = right.span, a.source == span.source, b.source == span.source,
      span.start <= a.start, b.end <= span.end
    else { return span }
    let gap = Int(b.start) - Int(a.end)
    let length = symbol.utf8.count
    if gap == length { return Span(span.source, a.end, b.start) }
    if gap == length + 2 { return Span(span.source, a.end + 1, b.start - 1) }
    return span
  }

  private func diagnostic(
    _ code: DiagnosticCode, _ message: String, _ textOfLeft: String, _ textOfRight: String
  ) -> Diagnostic {
    var diagnostic = Diagnostic(code, message, at: operatorPlace)
    if operatorPlace != span {
      if let place = left.span { diagnostic.labels.append(Label(place, textOfLeft)) }
      if let place = right.span { diagnostic.labels.append(Label(place, textOfRight)) }
    } else {
      diagnostic.label = "\(textOfLeft) and \(textOfRight)"
    }
    diagnostic.arguments = [.init("left", textOfLeft), .init("right", textOfRight)]
    return diagnostic
  }

  /// Operands of kinds that the operator does not take.
  func kinds() -> Diagnostic {
    let a = left.value.kindText
    let b = right.value.kindText
    var result = diagnostic(.operandKinds, "cannot " + phrase(a, b), a, b)
    switch (left.value.kindOfValue, right.value.kindOfValue) {
    case (.string, .number) where op == .add, (.number, .string) where op == .add:
      result.helps.append(Help("write the number inside the string: `\"… {x}\"`"))
      result.helps.append(Help("`number(\"3.5\")` makes a number of a string"))
    case (.string, .string) where op == .concatenate: result.helps.append(Help("strings join with `+`"))
    case (.bool, _) where op != .concatenate, (_, .bool) where op != .concatenate:
      result.helps.append(Help("make a number of it: `if b { 1 } else { 0 }`"))
    case (.list, .list) where op.ordersValues:
      let (a, b) = (left.name ?? "a", right.name ?? "b")
      result.helps.append(Help("tensors compare by element: `tensor(\(a)) \(symbol) \(b)`"))
    case (.record, _) where left.value.asFields?.kind == RecordBox.gradients: result.helps.append(.gradients)
    case (_, .record) where right.value.asFields?.kind == RecordBox.gradients: result.helps.append(.gradients)
    case (.function, _): addCallHelp(left, &result)
    case (_, .function): addCallHelp(right, &result)
    default: break
    }
    return result
  }

  private func addCallHelp(_ operand: AbstractOperand, _ result: inout Diagnostic) {
    guard let name = operand.name else { return }
    result.helps.append(Help("call it: `\(name)(…)`"))
  }

  func listPlusList() -> Diagnostic {
    var result = diagnostic(.operandKinds, "`+` neither joins nor adds two lists", "a list", "a list")
    let a = left.name ?? "a"
    let b = right.name ?? "b"
    result.helps.append(Help("join them: `\(a) ++ \(b)`"))
    result.helps.append(Help("add their numbers: `tensor(\(a)) + \(b)`"))
    return result
  }

  func divisionByZero() -> Diagnostic {
    let word = op == .remainder ? "remainder by zero" : "division by zero"
    guard let place = right.span, place.source == span.source else {
      return Diagnostic(.divisionByZero, word, at: span)
    }
    return Diagnostic(.divisionByZero, word, at: place, label: "this is 0")
  }

  func productOfNumbers() -> Diagnostic {
    var result = kinds()
    result.helps.append(Help("`*` multiplies by a number"))
    return result
  }

  /// - Parameter error: what the op itself says of shapes that do not fit.
  func product(_ a: Shape, _ b: Shape, _ error: ShapeError) -> Diagnostic {
    let reason = error.reason.isEmpty ? "" : ": \(error.reason)"
    var result = diagnostic(.shapesDisagree, "cannot \(phrase(a.text, b.text))\(reason)", a.text, b.text)
    let terms = (a.dimensions.last, b.rank < 2 ? b.dimensions.first : b.dimensions.dropLast().last)
    guard let m = terms.0, let n = terms.1, !m.mayEqual(n) else {
      result.notes.append("axes before the last two count matrices, and must agree or be 1")
      return result
    }
    let place = b.rank > 2 ? "last but one" : "first"
    result.notes.append("the last axis on the left must be as long as the \(place) on the right")
    if a.rank == 2, b.rank == 2, let outer = b.dimensions.last?.size, outer == a.dimensions.last?.size {
      let right = right.name ?? "b"
      result.helps.append(Help("turn the right side over: `transpose(\(right))`"))
    }
    return result
  }

  func shapes(_ a: Shape, _ b: Shape, _ mismatch: BroadcastMismatch) -> Diagnostic {
    var result = diagnostic(.shapesDisagree, "cannot " + phrase(a.text, b.text), a.text, b.text)
    result.notes.append(axisTable(a, b, mismatch))
    if case .batchAxes = mismatch, a.rank == 2, b.rank == 1 {
      let names = (left.name ?? "a", right.name ?? "b")
      result.helps.append(
        Help("write `\(names.0) \(symbol) column(\(names.1))` to compare row by row"))
    } else if case .batchAxes = mismatch, a.rank == 1, b.rank == 2 {
      let names = (left.name ?? "a", right.name ?? "b")
      result.helps.append(
        Help("write `column(\(names.0)) \(symbol) \(names.1)` to compare row by row"))
    }
    return result
  }

  /// Both shapes, axis under axis, with what is wrong beside them.
  private func axisTable(_ a: Shape, _ b: Shape, _ mismatch: BroadcastMismatch) -> String {
    var names = [left.name ?? "left", right.name ?? "right"]
    let rank = max(a.rank, b.rank)
    let missingA = Array(repeating: "·", count: rank - a.rank)
    let missingB = Array(repeating: "·", count: rank - b.rank)
    var rows = [a.dimensions.map(\.text), b.dimensions.map(\.text)]
    let remark: String
    switch mismatch {
    case .batchAxes:
      // Rows stand under rows, so the missing axes are the last ones.
      rows = [rows[0] + missingA, rows[1] + missingB]
      remark = batchRemark(a, b, names)
    case .sizes(_, let m, let n):
      rows = [missingA + rows[0], missingB + rows[1]]
      remark = "\(m) is not \(n), and neither is 1"
    }
    let width = rows.joined().map(\.count).max() ?? 1
    let nameWidth = names.map(\.count).max() ?? 1
    names = names.map { $0 + String(repeating: " ", count: nameWidth - $0.count) }
    let lines = zip(names, rows).map { name, row in
      let cells = row.map { $0 + String(repeating: " ", count: width - $0.count) }
      return "\(name)  \(cells.joined(separator: "  "))"
    }
    let indent = String(repeating: " ", count: "axis by axis:  ".count)
    return "axis by axis:  \(lines[0])      \(remark)\n\(indent)\(lines[1].trimmingEnd())"
  }

  private func batchRemark(_ a: Shape, _ b: Shape, _ names: [String]) -> String {
    let fewer = a.rank < b.rank ? names[0] : names[1]
    let missing = abs(a.rank - b.rank)
    if missing == 0 { return "the rows stand in different axes" }
    let axes = missing == 1 ? "one axis" : "\(missing) axes"
    return "\(fewer) has \(axes) fewer; guessing would pair every row with every row"
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }
}

extension AbstractValue {
  /// The kind alone, with shapes: `a number`, `a tensor [2, 3]`, `a string`.
  package var kindText: String {
    switch kindOfValue {
    case .number: "a number"
    case .bool: "true or false"
    case .list: "a list"
    case .tuple: "a tuple"
    default: foundText
    }
  }
}

extension Diagnostic {
  static func cannotNegate(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.operandKinds, "cannot negate \(found)", at: span, label: "this is \(found)")
  }
}
